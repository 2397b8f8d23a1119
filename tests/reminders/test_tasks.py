"""Follow-up tasks: their own role reads and ends them, nobody else."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from clinic import clock
from clinic.errors import IllegalTransition, NotFound, NotPermitted
from clinic.models import Site, User
from clinic.policy import Role
from reminders import followups
from reminders.models import FollowUp


@pytest.fixture
def task(site: Site) -> FollowUp:
    return followups.open_task(
        kind="gap_decision",
        site=site,
        title="Review the response of Maya Torres",
        subject_kind="series",
        subject_id=uuid4(),
        owner_role=Role.PROVIDER,
        due_at=clock.now() + timedelta(days=1),
    )


@pytest.mark.parametrize(
    ("who", "named", "told"), [("provider", True, True), ("nurse", True, False), ("front_desk", False, False)]
)
def test_what_came_of_a_task_is_told_to_its_own_role(
    client: Client, task: FollowUp, provider: User, request: pytest.FixtureRequest, who: str, named: bool, told: bool
) -> None:
    followups.done(task_id=task.pk, outcome="Something else", note="Relapsed", by=provider)
    client.force_login(request.getfixturevalue(who))
    page = client.get(reverse("reminders:task", args=[task.pk])).content.decode()
    assert ("Review the response" in page) is named
    assert ("Relapsed" in page) is told


def test_a_stranger_finds_no_task(client: Client, task: FollowUp, stranger: User) -> None:
    client.force_login(stranger)
    assert client.get(reverse("reminders:task", args=[task.pk])).status_code == 404


def test_task_is_ended_by_its_own_role_once(task: FollowUp, provider: User, nurse: User, stranger: User) -> None:
    with pytest.raises(NotFound):
        followups.done(task_id=task.pk, outcome="Decided", by=stranger)
    with pytest.raises(NotPermitted):
        followups.done(task_id=task.pk, outcome="Decided", by=nurse)
    assert followups.done(task_id=task.pk, outcome="Decided", by=provider).ended_by == provider
    with pytest.raises(IllegalTransition):
        followups.done(task_id=task.pk, outcome="Decided", by=provider)


def test_task_that_was_ended_is_not_taken(task: FollowUp, provider: User) -> None:
    followups.done(task_id=task.pk, outcome="Decided", by=provider)
    with pytest.raises(IllegalTransition):
        followups.take(task_id=task.pk, by=provider)
    task.refresh_from_db()
    assert task.owner is None
