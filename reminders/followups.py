"""Follow-up tasks: what must not be forgotten, with an owner and a clock. One open task a kind and subject.

`keep` is the way for whatever follows from how things stand: it opens, refreshes, closes and opens again, and called
twice it changes nothing. `reminders.kinds` knows every kind; `reminders.task_lists` reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from clinic import clock
from clinic.errors import IllegalTransition, Invalid, NotFound, NotPermitted, Refused
from clinic.models import Site, User
from clinic.policy import Action, Role, require
from patients.models import Patient
from reminders import kinds
from reminders.models import FollowUp, FollowUpStep
from reminders.task_lists import for_user as for_user
from reminders.task_lists import is_own as is_own

State, What = FollowUp.State, FollowUpStep.What
MOST_NOTE = 200
NO_LONGER = "It is no longer needed."


class Key(NamedTuple):
    """What a task is about. `occurrence` tells occasions apart: what a person ended is not asked for the same again."""

    kind: str
    subject_kind: str
    subject_id: UUID
    occurrence: str = ""


lock_before: dict[str, Callable[[UUID], None]] = {}
"""By kind, how what a task is about is locked before the task, where whoever settles that locks it first: else each
would wait for the other."""

after_done: list[Callable[[FollowUp, User], None]] = []
"""Called with a task that a person has ended, in the transaction of it: what waited for it may go on."""


@transaction.atomic(savepoint=False)
def open_task(
    *,
    kind: str,
    site: Site,
    title: str,
    subject_kind: str,
    subject_id: UUID,
    due_at: datetime,
    owner_role: Role | None = None,
    link: str = "",
    patient: Patient | None = None,
    owner: User | None = None,
    escalates_at: datetime | None = None,
    outcomes: Sequence[str] = (),
    occurrence: str = "",
) -> FollowUp:
    """Open the task, or answer the open one that is there already. What is not said, the catalogue says."""
    known = kinds.of(kind)
    task, _ = FollowUp.objects.get_or_create(
        kind=kind,
        subject_kind=subject_kind,
        subject_id=subject_id,
        state=State.OPEN,
        defaults={
            "site": site,
            "title": title[:160],
            "owner_role": owner_role or known.role,
            "due_at": due_at,
            "link": link,
            "patient": patient,
            "owner": owner,
            "escalates_at": escalates_at or _escalates(known, due_at),
            "escalates_to": known.escalates_to,
            "outcomes": list(outcomes),
            "occurrence": occurrence,
            "opened_at": clock.now(),
        },
    )
    return task


def _escalates(known: kinds.Kind, due_at: datetime) -> datetime | None:
    return None if known.escalates is None else due_at + known.escalates


@transaction.atomic(savepoint=False)
def keep(
    key: Key,
    wanted: bool,
    *,
    site: Site,
    title: str,
    due_at: datetime,
    link: str = "",
    patient: Patient | None = None,
    owner_role: Role | None = None,
    owner: User | None = None,
    because: str = NO_LONGER,
    by: User | None = None,
) -> FollowUp | None:
    """One open task while it is wanted, none when it is not; answers the open one.

    What closed itself opens again; what a person ended is not asked again for the same occurrence.
    """
    if not wanted:
        _close(key.subject_kind, key.subject_id, {key.kind: because}, by)
        return None
    rows = FollowUp.objects.select_for_update(of=("self",)).filter(
        kind=key.kind, subject_kind=key.subject_kind, subject_id=key.subject_id
    )
    known = list(rows.order_by("-opened_at", "-id"))
    standing = next((task for task in known if task.state == State.OPEN), None)
    if standing is not None:
        return _refresh(standing, key.occurrence, title[:160], due_at, link)
    before = next((task for task in known if task.occurrence == key.occurrence), None)
    if before is None:
        return open_task(
            kind=key.kind, site=site, title=title, subject_kind=key.subject_kind, subject_id=key.subject_id,
            owner_role=owner_role, due_at=due_at, link=link, patient=patient, owner=owner, occurrence=key.occurrence,
        )  # fmt: skip
    if not before.closed_itself:
        return None
    before.state, before.outcome, before.closed_itself, before.ended_at, before.ended_by = (
        State.OPEN,
        "",
        False,
        None,
        None,
    )
    before.save(update_fields=["state", "outcome", "closed_itself", "ended_at", "ended_by"])
    _step(before, What.REOPENED, by)
    return _refresh(before, key.occurrence, title[:160], due_at, link)


def _refresh(task: FollowUp, occurrence: str, title: str, due_at: datetime, link: str) -> FollowUp:
    """The words as things stand now, and the clock with them; whose it has become stays.

    The same words leave the clock as it was, so that nothing late becomes young again; so does a call in vain.
    """
    said = (task.occurrence, task.title, task.link)
    moved = due_at != task.due_at and said[:2] != (occurrence, title) and not task.tries
    if moved:
        task.due_at, task.escalates_at, task.escalated_at = due_at, _escalates(kinds.of(task.kind), due_at), None
    if moved or said != (occurrence, title, link):
        task.occurrence, task.title, task.link = occurrence, title, link
        task.save(update_fields=["occurrence", "title", "link", "due_at", "escalates_at", "escalated_at"])
    return task


def drop(key: Key, *, because: str, by: User | None = None) -> int:
    """The thing was done, or is no longer wanted: its open task closes itself, whatever the occurrence."""
    return close_for(
        subject_kind=key.subject_kind, subject_id=key.subject_id, kind=key.kind, outcome=because, by=by
    )  # fmt: skip


@transaction.atomic(savepoint=False)
def close_for(
    *,
    subject_kind: str,
    subject_id: UUID,
    kind: str,
    outcome: str,
    by: User | None = None,
) -> int:
    """The thing was done (or is no longer wanted): its open task closes itself."""
    return _close(subject_kind, subject_id, {kind: outcome}, by)


@transaction.atomic(savepoint=False)
def close_all(*, subject_kind: str, subject_id: UUID, outcomes: Mapping[str, str], by: User | None = None) -> int:
    """The same for several kinds of one subject, each with its outcome, in one question."""
    return _close(subject_kind, subject_id, outcomes, by)


def _close(subject_kind: str, subject_id: UUID, outcomes: Mapping[str, str], by: User | None) -> int:
    rows = FollowUp.objects.select_for_update(of=("self",)).filter(
        subject_kind=subject_kind, subject_id=subject_id, kind__in=outcomes, state=State.OPEN
    )
    closed = [_end(task, outcomes[task.kind], by, closed_itself=True) for task in rows.order_by("id")]
    return len(closed)


def _end(task: FollowUp, outcome: str, by: User | None, *, result: str = "", closed_itself: bool = False) -> FollowUp:
    task.state, task.outcome, task.result = State.DONE, outcome[:300], result
    task.closed_itself, task.ended_at, task.ended_by = closed_itself, clock.now(), by
    task.save(update_fields=["state", "outcome", "result", "closed_itself", "ended_at", "ended_by"])
    return task


@transaction.atomic
def done(*, task_id: UUID, outcome: str, by: User, note: str = "") -> FollowUp:
    """End a task with one of its outcomes, and a note; a call in vain stays open and is due again.

    Raises NotFound, NotPermitted, IllegalTransition, Refused where only the deed ends it, Invalid.
    """
    _lock_subject(task_id)
    task = _mine(task_id, by, wanted="Done")
    known, words = kinds.of(task.kind), " ".join(note.split())
    choices = known.choices(tuple(task.outcomes))
    if not choices:
        raise Refused(f"This is not ended here. {known.deed}")
    if outcome not in choices:
        raise Invalid({"outcome": "Choose what came of it."})
    if outcome in kinds.EXPLAINED and not words:
        raise Invalid({"note": "Write what came of it: one sentence is enough."})
    if len(words) > MOST_NOTE:
        raise Invalid({"note": f"Write this in {MOST_NOTE} characters or fewer."})
    if outcome == kinds.NOT_REACHED:
        return _in_vain(task, known, words, by)
    _end(task, f"{outcome}. {words}".removesuffix(" "), by, result=outcome)
    for follow in after_done:
        follow(task, by)
    return task


def _lock_subject(task_id: UUID) -> None:
    row = FollowUp.objects.filter(pk=task_id, kind__in=lock_before).values_list("kind", "subject_id").first()
    if row is not None:
        kind, subject_id = row
        lock_before[kind](subject_id)


def _in_vain(task: FollowUp, known: kinds.Kind, words: str, by: User) -> FollowUp:
    """Nobody answered: call again later, and after the last call that is asked for look elsewhere (protocol 7.3)."""
    task.tries += 1
    _step(task, What.TRIED, by, words)
    if known.then and task.tries >= known.tries:
        task.save(update_fields=["tries"])
        _look_elsewhere(task, known)
        return _end(task, f"Called {task.tries} times in vain. {words}".strip(), by, result=kinds.NOT_REACHED)
    task.due_at = clock.now() + (known.again or kinds.HOUR)
    task.save(update_fields=["tries", "due_at"])
    return task


def _look_elsewhere(task: FollowUp, known: kinds.Kind) -> None:
    name = task.patient.name if task.patient else task.title
    open_task(
        kind=known.then, site=task.site, title=f"Call the emergency contact of {name}", subject_kind=task.subject_kind,
        subject_id=task.subject_id, due_at=clock.now(), link=task.link, patient=task.patient,
    )  # fmt: skip


@transaction.atomic
def take(*, task_id: UUID, by: User) -> FollowUp:
    """Put one's own name on an open task of one's role. Raises NotFound, NotPermitted, IllegalTransition."""
    task = _mine(task_id, by, wanted="Taken")
    if task.owner_id != by.pk:
        task.owner = by
        task.save(update_fields=["owner"])
        _step(task, What.TAKEN, by)
    return task


@transaction.atomic
def hand_over(*, task_id: UUID, to: User | None, by: User) -> FollowUp:
    """Give an open task to a colleague of its role, or back to the role (None).

    Raises NotFound, NotPermitted, IllegalTransition, Refused.
    """
    return hand_over_all(task_ids=[task_id], to=to, by=by)[0]


@transaction.atomic
def hand_over_all(*, task_ids: Collection[UUID], to: User | None, by: User) -> list[FollowUp]:
    """Give several to one colleague, all or none; who may not have one of them is named. Raises as `hand_over`."""
    ids = set(task_ids)
    tasks = list(_locked(ids))
    if len(tasks) < len(ids):
        raise NotFound
    for task in tasks:
        _require_mine(task, by, wanted="Handed over")
        if to is not None and not (to.is_active and _may_own(task, to)):
            raise Refused(f"{to.full_name} can’t do this: it belongs to the {Role(task.owner_role).label.lower()}.")
    moved = [task for task in tasks if task.owner_id != (to.pk if to else None)]
    FollowUp.objects.filter(pk__in=[task.pk for task in moved]).update(owner=to)
    FollowUpStep.objects.bulk_create(
        _new_step(task, What.HANDED, by, f"To {to.full_name if to else 'the ' + Role(task.owner_role).label.lower()}")
        for task in moved
    )
    for task in moved:
        task.owner = to
    return tasks


def _may_own(task: FollowUp, user: User) -> bool:
    roles = user.roles_at(task.site)
    return Role(task.owner_role) in roles or (task.escalated_at is not None and Role(task.escalates_to) in roles)


def _mine(task_id: UUID, by: User, *, wanted: str) -> FollowUp:
    """An open task under its row lock, for those whose it is. Raises NotFound, NotPermitted, IllegalTransition."""
    task = _locked([task_id]).first()
    if task is None:
        raise NotFound
    _require_mine(task, by, wanted=wanted)
    return task


def _locked(task_ids: Collection[UUID]) -> QuerySet[FollowUp]:
    rows = FollowUp.objects.select_for_update(of=("self",)).select_related("site", "patient")
    return rows.filter(pk__in=task_ids).order_by("pk")


def _require_mine(task: FollowUp, by: User, *, wanted: str) -> None:
    """Raises NotFound, NotPermitted, IllegalTransition."""
    if task.site_id not in by.site_ids:
        raise NotFound
    require(by, Action.SEE_TASKS, at=task.site)
    if not is_own(task, by):
        raise NotPermitted(f"This task belongs to the {Role(task.owner_role).label.lower()}. Ask them to see to it.")
    if task.state != State.OPEN:
        raise IllegalTransition("This task", current=task.get_state_display(), wanted=wanted, allowed=())


def _step(task: FollowUp, what: FollowUpStep.What, by: User | None, words: str = "") -> None:
    _new_step(task, what, by, words).save(force_insert=True)


def _new_step(task: FollowUp, what: FollowUpStep.What, by: User | None, words: str) -> FollowUpStep:
    return FollowUpStep(task=task, what=what, words=words, by=by, at=clock.now())


@transaction.atomic
def escalate() -> int:
    """Whatever was not done by its clock stands in another list as well, once; answers how many."""
    now = clock.now()
    late = list(
        FollowUp.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(state=State.OPEN, escalated_at__isnull=True, escalates_at__lte=now)
        .exclude(escalates_to="")
    )
    FollowUp.objects.filter(pk__in=[task.pk for task in late]).update(escalated_at=now)
    FollowUpStep.objects.bulk_create(
        _new_step(task, What.ESCALATED, None, f"To the {Role(task.escalates_to).label.lower()}") for task in late
    )
    return len(late)
