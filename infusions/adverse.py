"""Adverse events and near misses: reported by whoever saw it, reviewed and signed by a provider (protocol 2.7)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from clinic import clock
from clinic.errors import Invalid, NotFound, Refused
from clinic.models import Site, User
from clinic.policy import Action, Role, require
from infusions import states
from infusions.models import AdverseEvent, Infusion
from patients import reopenings
from patients.models import Patient
from reminders import followups

Kind, Grade, Term, Outcome = AdverseEvent.Kind, AdverseEvent.Grade, AdverseEvent.Term, AdverseEvent.Outcome
NEEDS_REVIEW_FROM = Grade.MODERATE
"""From this grade on a provider reviews before the next infusion (J2)."""
REVIEW_KIND = "adverse_event_review"
REVIEW_WITHIN = timedelta(hours=24)
REOPENS = {
    Term.CHEST_PAIN: reopenings.Kind.CARDIAC,
    Term.SEIZURE: reopenings.Kind.NEURO,
    Term.PSYCHOSIS: reopenings.Kind.PSYCHOSIS,
}
"""What is a new event of the kind that protocol 1.6 names."""


@transaction.atomic
def report(
    *,
    patient: Patient,
    kind: str,
    term: str,
    observed_at: datetime,
    by: User,
    infusion: Infusion | None = None,
    detail: str = "",
    grade: int | None = None,
    serious: str = "",
    expected: bool = True,
    causality: str = AdverseEvent.Causality.POSSIBLE,
    action: str = "",
    outcome: str = Outcome.UNKNOWN,
    client_key: UUID | None = None,
) -> AdverseEvent:
    """Write what went wrong, or nearly. A repeated `client_key` answers the report that is there already.

    From grade 2 on, and when it is serious, a provider is asked to review it. Raises NotPermitted, Invalid.
    """
    site = infusion.appointment.site if infusion else patient.site
    require(by, Action.REPORT_ADVERSE, at=site)
    if infusion and infusion.series.patient_id != patient.pk:
        raise Invalid("This infusion is another patient’s. Open the right one.")
    known = AdverseEvent.objects.filter(client_key=client_key, patient=patient).first() if client_key else None
    if known:
        return known
    near = kind == Kind.NEAR_MISS
    _check(kind, term, detail, None if near else grade, "" if near else serious, causality, outcome, action)
    event = AdverseEvent.objects.create(
        patient=patient, site=site, infusion=infusion, kind=kind, term=term, detail=detail.strip(),
        grade=None if near else grade, serious="" if near else serious, expected=expected, causality=causality,
        action=action.strip(), outcome=outcome, observed_at=states.happened(observed_at), entered_at=clock.now(),
        entered_by=by, client_key=client_key,
    )  # fmt: skip
    if needs_review(event):
        _open_evaluation(event)
        followups.open_task(
            kind=REVIEW_KIND, site=site, title=f"Review: {event.get_term_display().lower()}, grade {event.grade}",
            subject_kind="adverse_event", subject_id=event.pk, owner_role=Role.PROVIDER, patient=patient,
            due_at=clock.now() + REVIEW_WITHIN, link=f"/infusions/adverse-events/{event.pk}/",
        )  # fmt: skip
    return event


def _open_evaluation(event: AdverseEvent) -> None:
    """A grave event of heart, nerves or mind opens the evaluation again (protocol 1.6)."""
    if kind := REOPENS.get(Term(event.term)):
        reopenings.open_for(
            patient=event.patient,
            kind=kind,
            words=f"{event.get_term_display()}, grade {event.grade}",
            source=reopenings.Source.ADVERSE_EVENT,
            subject_id=event.pk,
            by=event.entered_by,
        )


def _check(
    kind: str, term: str, detail: str, grade: int | None, serious: str, causality: str, outcome: str, action: str
) -> None:
    near = kind == Kind.NEAR_MISS
    problems = {
        "kind": "" if kind in Kind.values else "Choose whether it happened or nearly did.",
        "term": "" if term in Term.values else "Choose what it was.",
        "detail": _detail_problem(term, detail),
        "grade": "" if near or grade in Grade.values else "Choose a grade from 1 (mild) to 5 (death).",
        "serious": _serious_problem(grade, serious),
        "causality": "" if causality in AdverseEvent.Causality.values else "Choose whether the drug caused it.",
        "outcome": "" if outcome in Outcome.values else "Choose how it ended.",
        "action": "Write this in 500 characters or fewer." if len(action) > 500 else "",
    }
    if found := {field: text for field, text in problems.items() if text}:
        raise Invalid(found)


def _detail_problem(term: str, detail: str) -> str:
    if term == Term.OTHER and not detail.strip():
        return "Write what it was."
    return "Write this in 300 characters or fewer." if len(detail) > 300 else ""


def _serious_problem(grade: int | None, serious: str) -> str:
    if serious and serious not in AdverseEvent.Serious.values:
        return "Choose what made it serious."
    if grade and grade >= Grade.LIFE_THREATENING and not serious:
        return "Grades 4 and 5 are serious. Choose what made it so."
    return ""


@transaction.atomic
def review(*, event_id: UUID, note: str, outcome: str, by: User) -> AdverseEvent:
    """A provider's judgement, signed; afterwards the report is locked. Raises NotFound, NotPermitted, Invalid."""
    event = AdverseEvent.objects.select_for_update(of=("self",)).select_related("site").filter(pk=event_id).first()
    if event is None:
        raise NotFound
    require(by, Action.REVIEW_ADVERSE, at=event.site)
    if event.reviewed_at:
        raise Refused("This report was reviewed already. Its review stays as it was signed.")
    if not note.strip():
        raise Invalid({"note": "Write your judgement: one sentence is enough."})
    if outcome not in Outcome.values:
        raise Invalid({"outcome": "Choose how it ended."})
    event.reviewed_at, event.reviewed_by = clock.now(), by
    event.review_note, event.outcome = note.strip()[:1000], outcome
    event.save(update_fields=["reviewed_at", "reviewed_by", "review_note", "outcome"])
    followups.close_for(
        subject_kind="adverse_event", subject_id=event.pk, kind=REVIEW_KIND, outcome="Reviewed and signed.", by=by
    )
    return event


def needs_review(event: AdverseEvent) -> bool:
    """Whether the next infusion waits for a provider's review of it."""
    return bool(event.serious) or (event.grade is not None and event.grade >= NEEDS_REVIEW_FROM)


_WEIGHTY = Q(grade__gte=NEEDS_REVIEW_FROM) | ~Q(serious="")


def unreviewed() -> QuerySet[AdverseEvent]:
    """What the gate waits for: grade 2 and above, or serious, and no provider has reviewed it yet."""
    return AdverseEvent.objects.filter(_WEIGHTY, reviewed_at__isnull=True)


def listed(site: Site, *, show: str = "open", kind: str = "", grade: str = "") -> QuerySet[AdverseEvent]:
    """The reports of a site, newest first: open ones, grave ones, or all."""
    rows = AdverseEvent.objects.filter(site=site).select_related("patient", "infusion", "entered_by", "reviewed_by")
    if show == "open":
        rows = rows.filter(reviewed_at__isnull=True)
    elif show == "serious":
        rows = rows.exclude(serious="")
    if kind in Kind.values:
        rows = rows.filter(kind=kind)
    return rows.filter(grade=grade) if grade in {"1", "2", "3", "4", "5"} else rows


def waiting() -> QuerySet[AdverseEvent]:
    """The reports that nobody has reviewed."""
    return AdverseEvent.objects.filter(reviewed_at__isnull=True)
