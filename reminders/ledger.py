"""The message ledger: what will be said, planned and taken back in the transaction that books, moves or cancels."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from clinic import clock
from clinic.composed import ComposedInsert
from clinic.errors import Invalid
from clinic.models import Site
from patients import phones
from patients.models import Patient
from reminders import moments, preferences, templates, wordings
from reminders.message_kinds import KINDS
from reminders.models import Message
from reminders.templates import Template

PLANNED = Message.State.PLANNED
WAITING = (Message.State.PLANNED, Message.State.FAILED)
SAYING = (Message.State.CLAIMED, Message.State.UNCERTAIN)
NEW = ComposedInsert(Message, ignore_conflicts=True)
"""Writes what is planned, once for each occasion."""


@transaction.atomic
def plan(
    *,
    kind: str,
    patient: Patient,
    site: Site,
    subject_kind: str,
    subject_id: UUID,
    occurrence: str,
    due_at: datetime,
    expires_at: datetime,
    values: Mapping[str, str],
) -> Message:
    """Plan one message for one occasion; planning it again answers the row that is there.

    `values` fill the template's placeholders and hold nothing clinical. Consent, opt-out and quiet hours are looked
    at when it is sent, because they may change until then. Raises Invalid for a kind or a placeholder nobody knows.
    """
    drafted = _draft(kind, patient, site, values, _words([kind], patient, site)[kind])
    occasion = {"subject_kind": subject_kind, "subject_id": subject_id, "occurrence": occurrence}
    if known := Message.objects.filter(kind=kind, **occasion).first():  # on whichever channel it was planned then
        return known
    message, _ = Message.objects.get_or_create(
        kind=kind,
        channel=preferences.channel_for(patient),
        **occasion,
        defaults=drafted | {"due_at": due_at, "expires_at": expires_at},
    )
    return message


@dataclass(frozen=True)
class Occasion:
    """What is said about one subject: a message of each kind in `due`."""

    subject_id: UUID
    occurrence: str
    due: Mapping[str, datetime]
    expires_at: datetime
    values: Mapping[str, str]


def plan_all(
    occasions: Sequence[Occasion], *, patient: Patient, site: Site, subject_kind: str, own_words: bool = True
) -> None:
    """Plan the messages of occasions that are new, in one statement. Raises what `plan` raises."""
    NEW.write(planned(occasions, patient=patient, site=site, subject_kind=subject_kind, own_words=own_words))


def planned(
    occasions: Sequence[Occasion], *, patient: Patient, site: Site, subject_kind: str, own_words: bool = True
) -> list[Message]:
    """The messages of these occasions, for who writes them along with what they are about (`NEW`).

    `own_words`: whether the site may have words of its own; who knows that it has none spares the question. Raises
    what `plan` raises.
    """
    kinds = list(dict.fromkeys(kind for one in occasions for kind in one.due))
    words = (
        _words(kinds, patient, site) if own_words else wordings.of_house(kinds, wordings.language_of(patient.language))
    )
    channel = preferences.channel_for(patient) if kinds else ""
    return [
        Message(
            kind=kind,
            channel=channel,
            subject_kind=subject_kind,
            subject_id=one.subject_id,
            occurrence=one.occurrence,
            due_at=due_at,
            expires_at=one.expires_at,
            **_draft(kind, patient, site, one.values, words[kind]),
        )
        for one in occasions
        for kind, due_at in one.due.items()
    ]


def _draft(kind: str, patient: Patient, site: Site, values: Mapping[str, str], words: Template) -> dict[str, Any]:
    """The words and whom they are for. Raises Invalid, KeyError when a placeholder has no value."""
    given = {
        "first_name": patient.preferred_name or patient.given_name,
        "site": site.name,
        "phone": phones.shown(site.phone),
    } | dict(values)
    known = KINDS[kind].placeholders | moments.MOMENTS
    if stray := set(given) - known:
        raise Invalid(f"This message has no place for {', '.join(sorted(stray))}.")
    filled = moments.spoken(given, site, words.language)
    words.check(filled if KINDS[kind].own_link else {"link": "", **filled})
    return {
        "patient": patient,
        "site": site,
        "language": words.language,
        "template_version": words.version,
        "values": templates.seal(filled),
    }


def _words(kinds: Collection[str], patient: Patient, site: Site) -> dict[str, Template]:
    """The words in force for each kind. Raises Invalid for a kind nobody knows."""
    if stray := [kind for kind in kinds if kind not in KINDS]:
        raise Invalid(f"There is no message of the kind “{stray[0]}”.")
    return wordings.in_force(kinds, wordings.language_of(patient.language), site=site)


@transaction.atomic(savepoint=False)
def void(
    *,
    subject_kind: str,
    subject_id: UUID,
    why: str,
    kinds: Collection[str] | None = None,
    but: str = "",
) -> int:
    """Take back what was planned about a subject and has not gone out. Answers how many were taken back.

    `but` is an occasion that stays.
    """
    planned = Message.objects.filter(subject_kind=subject_kind, subject_id=subject_id)
    if but:
        planned = planned.exclude(occurrence=but)
    if kinds is not None:
        planned = planned.filter(kind__in=kinds)
    waiting = Q(state__in=WAITING)
    # A text comes before those that go with it, as for whoever sends it: else each would wait for the other.
    others = Message.objects.filter(pk__in=planned.filter(waiting).values("merged_into"), state__in=SAYING)
    list(others.select_for_update().order_by("pk").values_list("pk"))
    saying = Exists(Message.objects.filter(pk=OuterRef("merged_into"), state__in=SAYING))
    # What is claimed and not begun can still be taken back: its sender asks the row itself when it begins the try.
    unbegun = Q(state=Message.State.CLAIMED, begun_at__isnull=True)
    taken: int = planned.filter(unbegun | waiting & ~saying).update(
        state=Message.State.VOID, why=why, lease_until=None, lease_owner="", next_attempt_at=None, merged_into=None
    )
    # What is being said at this very moment can't be unsaid; but should this try fail, there will be no other. That
    # holds for what another text says too.
    planned.filter(Q(state__in=SAYING) | waiting & saying).update(expires_at=clock.now())
    return taken


@transaction.atomic
def reword(*, subject_kind: str, subject_id: UUID, kind: str, values: Mapping[str, str], until: datetime) -> int:
    """Put other values into what is planned and has not gone out, because they changed. Answers how many."""
    rows = Message.objects.select_for_update(of=("self",)).select_related("patient", "site")
    waiting = list(rows.filter(subject_kind=subject_kind, subject_id=subject_id, kind=kind, state=PLANNED))
    for message in waiting:
        words = wordings.find(kind, message.language, message.template_version, site=message.site)
        drafted = _draft(kind, message.patient, message.site, values, words)
        message.values, message.expires_at = drafted["values"], until
        message.save(update_fields=["values", "expires_at"])
    return len(waiting)


def is_unsaid(subject_kind: str, subject_id: UUID, kind: str) -> bool:
    """Whether a message waits to be said, or was taken back before it was."""
    rows = Message.objects.filter(subject_kind=subject_kind, subject_id=subject_id, kind=kind)
    return rows.filter(state__in=(PLANNED, Message.State.VOID)).exists()


@transaction.atomic(savepoint=False)
def keep(
    *,
    kind: str,
    patient: Patient,
    site: Site,
    subject_kind: str,
    subject_id: UUID,
    occurrence: str,
    due_at: datetime,
    expires_at: datetime,
    why: str,
) -> Message:
    """One message of a kind about a subject, on its newest occasion: those of other occasions are taken back (`why`),
    and what was taken back of this one is planned again. Twice is once. Raises what `plan` raises."""
    void(subject_kind=subject_kind, subject_id=subject_id, why=why, kinds=(kind,), but=occurrence)
    restore(subject_kind=subject_kind, subject_id=subject_id, occurrence=occurrence, kinds=(kind,))
    return plan(
        kind=kind,
        patient=patient,
        site=site,
        subject_kind=subject_kind,
        subject_id=subject_id,
        occurrence=occurrence,
        due_at=due_at,
        expires_at=expires_at,
        values={},
    )


def was_sent(subject_kind: str, subject_id: UUID, kind: str) -> bool:
    """Whether a message went out, as far as anybody knows."""
    gone = (Message.State.CLAIMED, Message.State.SENT, Message.State.DELIVERED, Message.State.UNCERTAIN)
    return Message.objects.filter(subject_kind=subject_kind, subject_id=subject_id, kind=kind, state__in=gone).exists()


@transaction.atomic(savepoint=False)
def restore(*, subject_kind: str, subject_id: UUID, occurrence: str, kinds: Collection[str]) -> int:
    """Plan again what was taken back about one occasion, as it was: the same rows, so that nothing goes out twice.

    What was sent before it could be taken back stays sent. Answers how many are planned again.
    """
    again = Message.objects.filter(
        subject_kind=subject_kind,
        subject_id=subject_id,
        occurrence=occurrence,
        kind__in=kinds,
        state=Message.State.VOID,
        expires_at__gt=clock.now(),
    )
    restored: int = again.update(state=Message.State.PLANNED, why="", merged_into=None)
    return restored
