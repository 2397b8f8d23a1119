"""Calling staff when an alert waits: at once, and again each time nobody answers (protocol 4.2; docs/adr/0017).

Who is called, and when, are rows; each step of the escalation exists once, whoever looks first. A page names no patient
and says nothing clinical: it leads to the alert, behind the sign-in. Quiet hours and what patients asked for don't hold
it back. Unlike a message to a patient, a page of which it is not known whether it went out is sent once more.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from clinic import advisory, clock, heartbeats, on_call, settings_versions
from clinic.ids import uuid7
from clinic.models import Site, User
from clinic.policy import Role
from patients.models import SafetyAlert
from reminders import channels, rules
from reminders.models import PageAttempt, StaffPage
from reminders.runs import Tally
from reminders.templates import Letter

BATCH = 20
Tier, State = StaffPage.Tier, StaffPage.State
UNANSWERED = Q(acknowledged_at__isnull=True, closed_at__isnull=True)


@dataclass
class Counts(Tally):
    """What became of the pages of one run."""

    escalated: int = 0
    sent: int = 0
    void: int = 0
    waiting: int = 0
    failed: int = 0


def alone() -> AbstractContextManager[bool]:
    """Be the only one who pages while the block runs; apart from messages, so that no long batch of them delays it."""
    return advisory.alone("paging")


def call(alert: SafetyAlert) -> None:
    """The first step, in the transaction that opens the alert: whoever is on call, or everybody where nobody is."""
    _plan(alert, step=0, due_at=clock.now(), answer_by=alert.acknowledge_by)


def run() -> Counts:
    """Escalate what nobody answered, then send what is due."""
    counts = Counts(escalated=escalate())
    owner = str(uuid7())
    with channels.Session() as session:
        while batch := _claim(owner):
            for page_id in batch:
                _deliver(page_id, owner=owner, session=session, counts=counts)
    heartbeats.beat("paging")
    return counts


@transaction.atomic
def escalate() -> int:
    """Each alert whose time to answer is over: backup and all providers, and again each time it passes once more."""
    now, steps = clock.now(), 0
    late = (
        SafetyAlert.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("patient__site")
        .filter(UNANSWERED, acknowledge_by__lte=now)
        .order_by("acknowledge_by", "id")
    )
    for alert in late:
        every = timedelta(minutes=settings_versions.current(alert.patient.site).alert_acknowledge_minutes)
        passed = (now - alert.acknowledge_by) // every
        due_at = alert.acknowledge_by + passed * every
        steps += bool(_plan(alert, step=passed + 1, due_at=due_at, answer_by=due_at + every))
    return steps


def _plan(alert: SafetyAlert, *, step: int, due_at: datetime, answer_by: datetime) -> int:
    site = alert.patient.site
    if StaffPage.objects.filter(alert=alert, due_at=due_at).exists():
        return 0
    rows = [
        StaffPage(
            alert=alert, site=site, step=step, recipient=person, tier=tier, channel=channel,
            due_at=due_at, answer_by=answer_by,
        )
        for person, tier in _called(site, due_at, wide=step > 0)
        for channel in channels.ways_to_staff(person)
    ]  # fmt: skip
    return len(StaffPage.objects.bulk_create(rows, ignore_conflicts=True))


def _called(site: Site, moment: datetime, *, wide: bool) -> Iterable[tuple[User, StaffPage.Tier]]:
    """Each person once, by the narrowest reason for which they are called."""
    rota = on_call.at(site, moment)
    called: dict[User, StaffPage.Tier] = {}
    if rota.first:
        called[rota.first.user] = Tier.FIRST
    if wide and rota.backup:
        called.setdefault(rota.backup.user, Tier.BACKUP)
    if wide and rota.first:
        for person in on_call.people(site, [Role.PROVIDER]):
            called.setdefault(person, Tier.ALL)
    if not rota.first:
        for person in on_call.everybody(site):
            called.setdefault(person, Tier.NOBODY_SET)
    return called.items()


def letter(page: StaffPage) -> Letter:
    """The words of a page: whoever sees it on a lock screen learns nothing about anybody."""
    until = f"{page.site.local(page.answer_by):%H:%M}"
    address = settings.PUBLIC_URL.rstrip("/") + reverse("patients:alert", args=[page.alert_id])
    again = "" if page.step == 0 else f" Nobody has answered yet (call {page.step + 1})."
    urgent = f"Urgent: {page.site.name} needs you, answer by {until}"
    body = f"{page.site.name} needs you now. Answer by {until}.{again}\n\n{address}\n"
    return Letter(subject=urgent, body=body, text=f"{urgent}.{again} {address}")


@transaction.atomic
def _claim(owner: str) -> list[UUID]:
    """What is due and nobody else's; a lease that ran out counts as nobody's."""
    now = clock.now()
    ready = Q(state=State.PLANNED) & (Q(next_attempt_at__isnull=True) | Q(next_attempt_at__lte=now))
    due = (
        StaffPage.objects.select_for_update(skip_locked=True)
        .filter(ready | Q(state=State.CLAIMED, lease_until__lt=now), due_at__lte=now)
        .order_by("due_at", "id")
    )
    claimed = list(due.values_list("pk", flat=True)[:BATCH])
    StaffPage.objects.filter(pk__in=claimed).update(
        state=State.CLAIMED, lease_until=now + rules.LEASE, lease_owner=owner
    )
    return claimed


def _deliver(page_id: UUID, *, owner: str, session: channels.Session, counts: Counts) -> None:
    attempt = _begin(page_id, owner=owner, counts=counts)
    if attempt is None:
        return
    page = attempt.page
    try:
        key = channels.to_staff(page.channel, key=page.pk, letter=letter(page), to=page.recipient, session=session)
    except (channels.Refused, channels.NotKnown) as trouble:
        _put_off(attempt, trouble.why, counts)
    else:
        _sent(attempt, key, counts)


@transaction.atomic
def _sent(attempt: PageAttempt, key: str, counts: Counts) -> None:
    _close_try(attempt, True, key)
    page = attempt.page
    page.sent_at, page.provider_id, page.next_attempt_at = clock.now(), key, None
    _settle(page, State.SENT, "")
    counts.sent += 1


@transaction.atomic
def _begin(page_id: UUID, *, owner: str, counts: Counts) -> PageAttempt | None:
    """Look once more whether anybody is still needed, and write the try. None when it need not go out."""
    page = (
        StaffPage.objects.select_for_update(of=("self",)).select_related("alert", "recipient", "site").get(pk=page_id)
    )
    if page.state != State.CLAIMED or page.lease_owner != owner:
        return None
    if page.alert.acknowledged_at or page.alert.closed_at:
        _settle(page, State.VOID, "Somebody answered before it went out.")
        counts.void += 1
        return None
    now = clock.now()
    for lost in page.tries.filter(ended_at__isnull=True):
        _close_try(lost, False, "The sender stopped in the middle; not known whether it went out, so sent again.")
    page.attempts += 1
    page.save(update_fields=["attempts"])
    return PageAttempt.objects.create(page=page, started_at=now)


def _close_try(attempt: PageAttempt, accepted: bool, answer: str) -> None:
    attempt.ended_at, attempt.accepted, attempt.answer = clock.now(), accepted, answer[:300]
    attempt.save()


@transaction.atomic
def _put_off(attempt: PageAttempt, answer: str, counts: Counts) -> None:
    """Try again soon; a page that could never be handed over is seen on the alert, and the next step is due anyway."""
    _close_try(attempt, False, answer)
    page = attempt.page
    wait = rules.retry_page_after(page.attempts)
    if wait is None:
        _settle(page, State.FAILED, "It could not be handed over.")
        counts.failed += 1
        return
    page.next_attempt_at = clock.now() + wait
    _settle(page, State.PLANNED, "It could not be handed over yet.")
    counts.waiting += 1


def _settle(page: StaffPage, state: StaffPage.State, why: str) -> None:
    page.state, page.why = state, why
    page.lease_until, page.lease_owner = None, ""
    page.save()
