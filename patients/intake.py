"""The intake: sent by link, saved page by page, finished by the patient; then rows of the record, to be confirmed.

What was typed is kept as it was typed, whole or not. Two devices never write over each other unseen: each save says
which version it has read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise

from clinic import clock
from clinic.errors import DomainError, NotFound, NotReady, Refused
from clinic.models import User
from clinic.policy import Action, require
from patients import cards, consents, intake_rows, links
from patients.intake_steps import BY_KEY, STEPS, Answers, Page, Step
from patients.models import Intake, IntakeRow, IntakeStep, Patient, PatientLink
from patients.rows import patient_for

PURPOSE = "intake"

after_finish: list[Callable[[Intake], None]] = []
"""Rooms further right are told of each finished intake, in its transaction."""


class ChangedElsewhere(DomainError):
    """This page was saved on another device since it was read here."""

    status = 409
    title = "Changed on another device"

    def __init__(self, step: IntakeStep) -> None:
        self.step = step
        super().__init__("This page was changed on another device meanwhile.")


@dataclass(frozen=True)
class StepState:
    """How far one page is; for staff who may not read the answers as well."""

    step: Step
    saved_at: datetime | None
    is_complete: bool

    @property
    def title(self) -> str | Promise:
        return self.step.title

    @property
    def word(self) -> str:
        if self.is_complete:
            return "Complete"
        return "Begun" if self.saved_at else "Not begun"


# Sending


@transaction.atomic
def begin(*, patient_id: UUID, by: User) -> Intake:
    """The open intake of the patient, or a new one. Raises NotFound, NotPermitted."""
    patient = patient_for(patient_id, by)
    require(by, Action.SEND_LINK, at=patient.site)
    found = Intake.objects.filter(patient=patient, sent_at=None).first()
    return found or Intake.objects.create(patient=patient, begun_at=clock.now(), begun_by=by)


@transaction.atomic
def invite(*, patient_id: UUID, by: User, email: bool = False) -> str:
    """Make the link to the intake and answer its path; with `email` it is written to the patient too.

    What was answered by an earlier link stays. Raises NotFound, NotPermitted, Refused.
    """
    opened = begin(patient_id=patient_id, by=by)
    return links.make(patient_id=patient_id, purpose=PURPOSE, by=by, subject_id=opened.pk, send=email)


def link_of(intake: Intake) -> PatientLink | None:
    """The link to these answers that was not revoked."""
    return links.current(intake.patient_id, PURPOSE, intake.pk).select_related("made_by", "patient__site").first()


def of_link(link: PatientLink) -> Intake:
    """The intake that a link leads to. Raises NotFound."""
    found = link.patient.intakes.select_related("patient__site").filter(pk=_subject(link)).first()
    if found is None:
        raise NotFound
    return found


def _subject(link: PatientLink) -> UUID:
    if link.subject_id is None:
        raise NotFound
    return link.subject_id


# Answering


@transaction.atomic
def save(*, link: PatientLink, key: str, answers: Answers, version: int) -> IntakeStep:
    """Keep what was typed on a page, whole or not. `version` is the one that was read; 0 where there was none.

    Raises NotFound, Refused when it was finished already, ChangedElsewhere.
    """
    intake, step = _open(link), BY_KEY.get(key)
    if step is None:
        raise NotFound
    kept = IntakeStep.objects.select_for_update().filter(intake=intake, key=key).first()
    if kept is not None and kept.answers == answers:
        return kept
    if (kept.version if kept else 0) != version:
        raise ChangedElsewhere(kept or IntakeStep(intake=intake, key=key, version=0))
    if kept is None:
        kept = IntakeStep(intake=intake, key=key, version=0)
    kept.answers, kept.version, kept.saved_at = dict(answers), version + 1, clock.now()
    kept.is_complete = Page(step, answers).is_whole()
    kept.save()
    return kept


def _open(link: PatientLink) -> Intake:
    """The intake, locked, whose pages can still be saved. Raises NotFound, Refused."""
    intake = _locked(link)
    if intake.sent_at:
        raise Refused("These answers were sent already. Call us if something has to change.")
    return intake


def _locked(link: PatientLink) -> Intake:
    """The intake, locked while a page is saved or all of it is sent. Raises NotFound."""
    held = PatientLink.objects.filter(pk=link.pk, purpose=PURPOSE).first()
    if held is None or not held.is_good:
        raise NotFound
    intake = Intake.objects.select_for_update().filter(pk=_subject(link), patient=link.patient_id).first()
    if intake is None:
        raise NotFound
    return intake


def page(intake: Intake, key: str) -> tuple[Page, int]:
    """A page with what was saved there, and its version."""
    kept = IntakeStep.objects.filter(intake=intake, key=key).first()
    return Page(BY_KEY[key], kept.answers if kept else None), kept.version if kept else 0


def states(intake: Intake) -> list[StepState]:
    """Each page: when it was saved last, and whether it is whole."""
    kept = {step.key: step for step in intake.steps.all()}
    photos, signed = cards.present(intake.patient), consents.standing(intake.patient, intake.patient.site.today())
    whole = {key: step.is_complete for key, step in kept.items()}
    whole["cards"] = "front" in photos or bool("cards" in kept and kept["cards"].answers.get("cards-none"))
    whole["consents"] = all(signed[kind] for kind in consents.REQUIRED)
    saved = {key: step.saved_at for key, step in kept.items()}
    for key, times in (
        ("cards", [photo.taken_at for photo in photos.values()]),
        ("consents", [one.observed_at for one in signed.values() if one]),
    ):
        saved |= {key: max([*times, *([saved[key]] if key in saved else [])])} if times else {}
    return [StepState(step, saved.get(step.key), whole.get(step.key, False)) for step in STEPS]


@transaction.atomic
def finish(*, link: PatientLink) -> Intake:
    """Send it: the answers become rows of the record, each to be confirmed. Sent twice, it was sent once.

    Raises NotReady with the keys of the pages that are not whole, NotFound.
    """
    former = of_link(link)
    if former.sent_at:
        return former
    intake = _locked(link)
    if intake.sent_at:  # by another press, while this one waited
        return intake
    missing = [state.step.key for state in states(intake) if not state.is_complete]
    if missing:
        raise NotReady(missing)
    pages = {step.key: Page(BY_KEY[step.key], step.answers) for step in intake.steps.all()}
    intake_rows.write(intake=intake, pages=pages, link=link)
    intake.sent_at, intake.sent_through = clock.now(), link
    intake.save(update_fields=["sent_at", "sent_through"])
    for follow in after_finish:
        follow(intake)
    return intake


def has_no_ride(intake: Intake) -> bool:
    """Whether the patient said that nobody takes them home yet."""
    step = intake.steps.filter(key="goals").first()
    return bool(step and step.answers.get("escort-none"))


# Confirming


@transaction.atomic
def confirm(*, row_id: UUID, by: User) -> IntakeRow:
    """A member of staff has asked, and it is so. Twice is once. Raises NotFound, NotPermitted."""
    row = (
        IntakeRow.objects.select_for_update(of=("self",))
        .select_related("intake__patient__site")
        .filter(pk=row_id, intake__patient__site__in=by.site_ids)
        .first()
    )
    if row is None:
        raise NotFound
    require(by, Action.RECORD_HISTORY, at=row.intake.patient.site)
    if row.confirmed_at is None:
        row.confirmed_at, row.confirmed_by = clock.now(), by
        row.save(update_fields=["confirmed_at", "confirmed_by"])
    return row


def unconfirmed(patient: Patient) -> dict[UUID, UUID]:
    """Rows of the history that nobody has confirmed since the patient told them: their id, and what confirms them."""
    rows = IntakeRow.objects.filter(intake__patient=patient, confirmed_at=None, kind__in=intake_rows.OF_HISTORY)
    return dict(rows.values_list("row_id", "pk"))
