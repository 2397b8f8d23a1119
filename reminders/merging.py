"""At most one text message a day to one person: the first takes along what else is due that day.

Table A, sms_max_chars / per_day: one merged, safety apart. Called by whoever hands a message over, in the transaction
that begins the try: `board` answers whether it is this message's turn, and what goes with it. What goes with another
stays planned and points at it (`merged_into`); a trigger of the table gives it the other's lot (reminders.models).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from django.db.models import Q

from clinic import advisory, clock
from patients.models import ContactConsent, Patient
from reminders import preferences, rules
from reminders.message_kinds import KINDS
from reminders.models import Message

State, Channel = Message.State, ContactConsent.Channel
RIDERS = frozenset(kind.key for kind in KINDS.values() if kind.brief)
SAFETY = frozenset(kind.key for kind in KINDS.values() if kind.safety)
ONE_A_DAY = "Another text went out today, and there is no later time for it."
BY_MAIL = "Another text went out today."


@dataclass(frozen=True)
class Turn:
    """What is to become of a message that is about to go out."""

    goes: bool = True
    channel: str = ""
    """The channel on which it goes now, where that is another one than planned."""
    wait_until: datetime | None = None
    why: str = ""
    took_along: list[Message] = field(default_factory=list)

    @property
    def too_late(self) -> bool:
        """It neither goes nor waits: somebody has to call instead."""
        return not self.goes and self.wait_until is None


def board(message: Message, now: datetime | None = None) -> Turn:
    """Whether the message goes out now, and on which channel; a text that does takes along what it can.

    To be called inside the transaction that begins the try, so that of two texts to one person that are handed over
    at one moment the second sees the first.
    """
    if message.channel != Channel.TEXT:
        return Turn()
    at = now or clock.now()
    _alone_with(message.patient)
    if not _said_today(message, at):
        return Turn(took_along=gather(message, at))
    return _second(message, at)


def _second(message: Message, now: datetime) -> Turn:
    """A text that comes due after one went out today: by e-mail, or tomorrow, or for safety's sake all the same."""
    channel, _ = preferences.way(message.patient, Channel.EMAIL)
    if channel == Channel.EMAIL and not has_twin(message, Channel.EMAIL):
        return Turn(channel=Channel.EMAIL, why=BY_MAIL)
    if message.kind in SAFETY:
        return Turn(took_along=gather(message, now))
    local = message.site.local(now)
    morning = message.site.moment(local.date() + timedelta(days=1), rules.QUIET_UNTIL)
    if morning < message.expires_at:
        return Turn(goes=False, wait_until=morning, why=BY_MAIL)
    return Turn(goes=False, why=ONE_A_DAY)


def gather(message: Message, now: datetime) -> list[Message]:
    """The other texts of the person that are due until midnight; from now on they go with this one.

    One that another dispatcher has claimed and not begun is taken from it: it finds that it holds it no longer.
    """
    if message.kind not in RIDERS:
        return []
    _lock_first(message)
    local = message.site.local(now)
    midnight = message.site.moment(local.date() + timedelta(days=1), time.min)
    unbegun = Q(state=State.PLANNED) | Q(state=State.CLAIMED, begun_at__isnull=True)
    found = list(
        Message.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(unbegun, patient=message.patient_id, channel=Channel.TEXT, kind__in=RIDERS)
        .filter(Q(merged_into__isnull=True) | Q(merged_into=message.pk), due_at__lt=midnight, expires_at__gt=now)
        .exclude(pk=message.pk)
        .select_related("patient", "site")
        .order_by("due_at", "id")
    )
    Message.objects.filter(pk__in=[one.pk for one in found]).update(
        merged_into=message.pk, state=State.PLANNED, lease_until=None, lease_owner="", begun_at=None
    )
    return found


def _alone_with(patient: Patient) -> None:
    """Nobody else decides about a text to this person until the transaction ends."""
    advisory.in_turn(f"texts:{patient.pk}")


def _lock_first(message: Message) -> None:
    """The message before those that go with it, as whoever takes them back does (reminders.ledger.void)."""
    Message.objects.select_for_update().filter(pk=message.pk).values_list("pk").first()


def _said_today(message: Message, now: datetime) -> bool:
    """Whether a text went out to the person since midnight, or may have. What went out for safety alone is apart."""
    local = message.site.local(now)
    since = message.site.moment(local.date(), time.min)
    out = (
        Q(state__in=[State.SENT, State.DELIVERED], sent_at__gte=since)
        | Q(state=State.CLAIMED, begun_at__gte=since)
        | Q(state=State.UNCERTAIN, tries__started_at__gte=since)
    )
    return (
        Message.objects.filter(out, patient=message.patient_id, channel=Channel.TEXT, merged_into__isnull=True)
        .exclude(pk=message.pk)
        .exclude(kind__in=SAFETY, took_along__isnull=True)
        .exists()
    )


def has_twin(message: Message, channel: str) -> bool:
    """Whether the same is planned on that channel too."""
    same = {name: getattr(message, name) for name in ("subject_kind", "subject_id", "kind", "occurrence")}
    return Message.objects.filter(channel=channel, **same).exists()
