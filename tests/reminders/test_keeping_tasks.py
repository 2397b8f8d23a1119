"""Follow-ups open, close and open again as things stand; they never double, and they go up when they are late."""

import ast
import re
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command

from clinic import clock
from clinic.errors import Invalid, NotPermitted, Refused
from clinic.models import Site
from clinic.policy import Role
from reminders import followups, kinds, sweeping, tasks
from reminders.asking import Watch
from reminders.followups import Key
from reminders.models import FollowUp, FollowUpStep
from tests import build

OPENS = re.compile(r"open_task\(|Watch\(|series_tasks\.ask\(")
ABOUT = UUID("0195f7a0-0000-7000-8000-000000000001")
KEY = Key("booster_due", "series", ABOUT, "2027-03-05")


@pytest.fixture
def keep(site: Site) -> Callable[..., FollowUp | None]:
    def kept(wanted: bool = True, key: Key = KEY, **said) -> FollowUp | None:
        said = {"title": "Book the booster", "due_at": build.moment(site, "2027-02-19"), "site": site} | said
        return followups.keep(key, wanted, because="Booked.", **said)

    return kept


def test_kept_twice_is_one_task_with_the_words_of_the_second_time(keep, site):
    first = keep()
    again = keep(title="Book the booster, due 6 Mar", due_at=build.moment(site, "2027-02-20"))
    assert again.pk == first.pk == FollowUp.objects.get().pk
    assert (again.title, again.due_at.day) == ("Book the booster, due 6 Mar", 20)
    assert again.escalates_at == again.due_at + timedelta(days=7)


def test_done_it_closes_itself_and_undone_it_opens_again(keep, front_desk):
    task = keep()
    keep(False, by=front_desk)
    task.refresh_from_db()
    assert (task.state, task.outcome, task.closed_itself, task.ended_by) == ("done", "Booked.", True, front_desk)
    assert keep().pk == task.pk
    task.refresh_from_db()
    assert (task.state, task.outcome, task.ended_at) == ("open", "", None)
    assert [step.what for step in task.steps.all()] == ["reopened"]


def test_what_a_person_ended_is_asked_again_only_for_another_occasion(keep, front_desk):
    task = keep()
    followups.done(task_id=task.pk, outcome="Patient does not want it", by=front_desk)
    assert keep() is None
    assert keep(key=KEY._replace(occurrence="2027-04-02")).pk != task.pk


def test_whose_it_has_become_stays_when_the_words_change(keep, front_desk):
    followups.take(task_id=keep().pk, by=front_desk)
    assert keep(title="Another day").owner == front_desk


@pytest.mark.parametrize("kind", kinds.CATALOGUE)
def test_every_kind_can_be_ended_or_says_what_ends_it(kind):
    known = kinds.of(kind)
    assert known.choices() or known.deed
    assert (kinds.NOT_REACHED in known.choices()) == known.is_call
    assert not known.then or known.then in kinds.CATALOGUE
    assert known.escalates is not None


def test_every_kind_that_the_code_opens_is_in_the_catalogue():
    """Looked for in the source: what `open_task` is given, constants taken by their value, and each `Watch`."""
    named = set()
    for path in Path().glob("[!.]*/**/*.py"):
        if path.parts[0] in {"tests", "var"} or not re.search(
            r"open_task\(|Watch\(|series_tasks\.ask\(", path.read_text()
        ):
            continue
        module = import_module(".".join(path.with_suffix("").parts))
        named |= {kind for one in vars(module).values() if isinstance(one, Watch) for kind in one.kinds}
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and (kind := _kind_of(call, vars(module))):
                named.add(kind)
    assert len(named) > 20
    assert {kind for kind in named if kind not in kinds.CATALOGUE} == set()


def _kind_of(call: ast.Call, known: dict[str, object]) -> object:
    """The kind that a call opens, where it is written or is the name of a constant."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    places = {"open_task": None, "ask": 1}
    if name not in places:
        return None
    place = places[name]
    if place is None:
        given = next((word.value for word in call.keywords if word.arg == "kind"), None)
    else:
        given = call.args[place] if len(call.args) > place + 1 else None
    if isinstance(given, ast.Constant):
        return given.value
    return known.get(given.id) if isinstance(given, ast.Name) and given.id.isupper() else None


def test_a_kind_that_nobody_knows_opens_nothing(keep):
    with pytest.raises(LookupError, match=r"reminders/kinds\.py"):
        keep(key=Key("surprise", "series", ABOUT))
    assert kinds.of("weekly_phq9_3").label == "PHQ-9 of a paused series"


def test_an_outcome_is_chosen_and_explained_where_it_says_nothing(keep, front_desk):
    task = keep()
    for outcome, note, field in [("Booked it", "", "outcome"), ("No longer needed", " ", "note"), ("", "x", "outcome")]:
        with pytest.raises(Invalid) as error:
            followups.done(task_id=task.pk, outcome=outcome, note=note, by=front_desk)
        assert set(error.value.fields) == {field}
    ended = followups.done(task_id=task.pk, outcome="Booked", note="For the 5th", by=front_desk)
    assert (ended.result, ended.outcome, ended.closed_itself) == ("Booked", "Booked. For the 5th", False)


def test_what_only_a_deed_ends_is_not_ended_by_a_word(keep, nurse):
    task = keep(key=Key("daily_drug_count", "site", ABOUT))
    with pytest.raises(Refused, match="drug ledger"):
        followups.done(task_id=task.pk, outcome="No longer needed", note="Later", by=nurse)


def test_a_call_in_vain_is_due_again_and_after_two_the_emergency_contact_is(keep, nurse, patient):
    task = keep(key=Key("safety_call_grave", "appointment", ABOUT), patient=patient)
    tried = followups.done(task_id=task.pk, outcome="Not reached", by=nurse, note="Voicemail")
    assert (tried.state, tried.tries) == ("open", 1)
    assert tried.due_at > clock.now()
    followups.done(task_id=task.pk, outcome="Not reached", by=nurse)
    task.refresh_from_db()
    assert (task.state, task.result) == ("done", "Not reached")
    then = FollowUp.objects.get(state="open")
    assert (then.kind, then.patient, then.owner_role) == ("emergency_contact", patient, "nurse")
    assert keep(key=Key("safety_call_grave", "appointment", ABOUT)) is None


def test_an_ordinary_call_is_tried_without_end(keep, nurse):
    task = keep(key=Key("safety_call", "appointment", ABOUT))
    for _ in range(3):
        followups.done(task_id=task.pk, outcome="Not reached", by=nurse)
    assert FollowUp.objects.get().tries == 3


def test_handed_over_only_to_those_whose_work_it_is(keep, site, front_desk, nurse):
    colleague = build.user(Role.FRONT_DESK, at=site)
    task = keep()
    with pytest.raises(Refused, match="belongs to the front desk"):
        followups.hand_over(task_id=task.pk, to=nurse, by=front_desk)
    with pytest.raises(NotPermitted):
        followups.hand_over(task_id=task.pk, to=nurse, by=nurse)
    assert followups.hand_over(task_id=task.pk, to=colleague, by=front_desk).owner == colleague
    assert followups.hand_over(task_id=task.pk, to=None, by=front_desk).owner is None
    assert [step.words for step in task.steps.all()] == [f"To {colleague.full_name}", "To the front desk"]


def test_several_are_handed_over_all_or_none(keep, site, front_desk, nurse):
    mine = keep()
    clinical = keep(key=Key("labs_due", "patient", uuid4()))
    colleague = build.user(Role.FRONT_DESK, at=site)
    with pytest.raises(NotPermitted):
        followups.hand_over_all(task_ids=[mine.pk, clinical.pk], to=colleague, by=front_desk)
    assert not FollowUp.objects.filter(owner__isnull=False).exists()


@pytest.mark.parametrize("n", [1, 3])
def test_several_are_handed_over_in_as_many_queries_as_one(keep, site, front_desk, django_assert_num_queries, n):
    colleague = build.user(Role.FRONT_DESK, at=site)
    ids = [keep(key=Key("booster_due", "series", uuid4())).pk for _ in range(n)]
    assert colleague.roles_at(site) == front_desk.roles_at(site) == {Role.FRONT_DESK}
    with django_assert_num_queries(5):  # a transaction, the tasks, whose they are now, and what is told of it
        given = followups.hand_over_all(task_ids=ids, to=colleague, by=front_desk)
    assert {task.owner for task in given} == {colleague}


def test_late_it_goes_up_once_and_stands_in_both_lists(keep, site, front_desk):
    admin = build.user(Role.CLINIC_ADMIN, at=site)
    task = keep(due_at=build.moment(site, "2027-02-19"))
    with clock.at(build.moment(site, "2027-02-26", "08:59")):
        assert sweeping.sweep().escalated == 0
        assert not followups.for_user(admin, site).exists()
    with clock.at(build.moment(site, "2027-02-26", "09:00")):
        assert [sweeping.sweep().escalated for _ in range(2)] == [1, 0]
    for user in (admin, front_desk):
        assert followups.for_user(user, site).get() == task
    assert FollowUpStep.objects.get().what == "escalated"


def test_the_round_is_made_by_one_and_goes_on_where_one_finder_fails(site, monkeypatch, capsys):
    seen: list[Site] = []

    def broken(_site: Site) -> None:
        raise ValueError("this one is broken")

    monkeypatch.setattr(sweeping, "_finders", [broken, seen.append])
    done = sweeping.sweep()
    assert (done.failed, done.looked, seen) == (1, 2, [site])
    monkeypatch.setattr(sweeping, "_finders", [seen.append])
    assert tasks.sweep_follow_ups() == "looked 1 times, 0 failed, 0 escalated"
    call_command("sweep_tasks")
    assert "looked 1 times" in capsys.readouterr().out
