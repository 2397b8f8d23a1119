"""Safety alerts: opened by an answer, owned by a person, closed only with a written outcome (protocol 4.2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from clinic import clock, settings_versions
from clinic.errors import Invalid, Refused
from clinic.models import Site, User
from clinic.policy import Action, require
from patients import alert_contacts
from patients.models import AlertContact, AlertGrading, MeasureResponse, Patient, SafetyAlert
from patients.rows import row_for
from patients.rules import Risk

Grade = SafetyAlert.Grade
GRAVEST_FIRST = (Grade.HIGH, Grade.UNSCREENED, Grade.MODERATE, Grade.LOW)

after_open: list[Callable[[SafetyAlert], None]] = []
"""Called in the transaction in which an alert asks for somebody: opened, or turned into an emergency."""


@dataclass(frozen=True)
class Caller:
    """What called for somebody, in a sentence; `href` is there for those who may read the words themselves."""

    words: str
    at: datetime
    href: str = ""


called_by: list[Callable[[SafetyAlert, User], Sequence[Caller]]] = []
"""Asked what of their own opened an alert: whoever takes it up must know that nobody is in the room."""

# What each grade asks for (protocol 4.2; S-SPI, S-Zero).
NEXT_STEPS: dict[str, tuple[str, ...]] = {
    Grade.HIGH: (
        "Do not leave the person alone.",
        "Call the provider now.",
        "No discharge without a psychiatric disposition; 911 or 988 as needed.",
        "Contact within 24 hours of leaving.",
    ),
    Grade.MODERATE: (
        "Assessment by the provider today.",
        "Safety plan, and safety of means.",
        "Call within 72 hours, then weekly, twice at least.",
    ),
    Grade.LOW: (
        "Offer a safety plan.",
        "Tell the therapist.",
        "Next check within 7 days.",
    ),
    Grade.UNSCREENED: (
        "Ask the C-SSRS screener now, in the same visit.",
        "Stay with the person until it is graded.",
    ),
}


def acknowledge_by(site: Site) -> datetime:
    minutes = settings_versions.current(site).alert_acknowledge_minutes
    return clock.now() + timedelta(minutes=minutes)


def open_for(measure: MeasureResponse, grade: str) -> SafetyAlert:
    """The alert of a questionnaire; asking twice answers the same one. Called inside the verb that records it."""
    alert, created = SafetyAlert.objects.get_or_create(
        measure=measure,
        defaults={
            "patient": measure.patient,
            "grade": grade,
            "opened_at": clock.now(),
            "acknowledge_by": acknowledge_by(measure.patient.site),
        },
    )
    if created:
        alert_contacts.begin(alert, by=measure.entered_by)
        _call_for_somebody(alert)
    return alert


def open_early(patient: Patient, *, is_high: bool, measure: MeasureResponse | None = None) -> SafetyAlert:
    """One alert for a person whose answers ask for help before a screener has graded them.

    An answer by link opens it while the questionnaire is not whole: nobody waits for its last question. One that waits
    for the screener already is enough, and is raised where this answer is an emergency.
    """
    rows = open_alerts(patient).select_for_update(of=("self",)).select_related("patient__site")
    alert = rows.filter(Q(measure=None) | Q(grade=Grade.UNSCREENED)).first()
    if alert is None:
        alert = SafetyAlert.objects.create(
            patient=patient,
            measure=measure,
            grade=Grade.HIGH if is_high else Grade.UNSCREENED,
            opened_at=clock.now(),
            acknowledge_by=acknowledge_by(patient.site),
        )
    else:
        alert.measure = alert.measure or measure
        if not is_high or alert.grade == Grade.HIGH:
            alert.save(update_fields=["measure"])
            return alert
        _grade(alert, Grade.HIGH, "By an answer that speaks of intent, a plan or thoughts right now.", None)
        alert.acknowledged_at = alert.acknowledged_by = None
        alert.acknowledge_by = acknowledge_by(patient.site)
        alert.save()
    alert_contacts.begin(alert, by=None)
    _call_for_somebody(alert)
    return alert


def adopt_early(screen: MeasureResponse) -> bool:
    """Tie the alert that early answers opened to the whole screener; whether it has its grade by them already."""
    rows = open_alerts(screen.patient).select_for_update(of=("self",))
    raised = Q(grade=Grade.HIGH, screen=None, measure__link=screen.link)
    alert = rows.filter(Q(measure=None) | raised).first()
    if alert is None:
        return False
    if alert.measure_id is None:
        alert.measure = screen
    alert.screen = screen if alert.grade == Grade.HIGH else None
    alert.save(update_fields=["measure", "screen"])
    return alert.grade == Grade.HIGH


def _call_for_somebody(alert: SafetyAlert) -> None:
    for tell in after_open:
        tell(alert)


def open_alerts(patient: Patient) -> QuerySet[SafetyAlert]:
    return SafetyAlert.objects.filter(patient=patient, closed_at__isnull=True)


def wait_for_a_screener(patient: Patient, *, since: datetime) -> bool:
    """Whether somebody told of such thoughts outside any questionnaire, and the screener was not asked yet."""
    waiting = open_alerts(patient).filter(grade=Grade.UNSCREENED, measure=None, opened_at__gte=since)
    return waiting.exists()


def grade_unscreened(screen: MeasureResponse, risk: Risk | None) -> list[SafetyAlert]:
    """Give every alert that waits for a screener its grade. A screener of all “no” makes it low, never closed."""
    waiting = list(
        open_alerts(screen.patient)
        .select_for_update(of=("self",))
        .select_related("patient__site")
        .filter(grade=Grade.UNSCREENED, opened_at__lte=clock.now())
    )
    for alert in waiting:
        alert.screen = screen
        _grade(alert, Grade(risk or Grade.LOW), "By the answers of the C-SSRS screener.", screen.entered_by)
        if risk is Risk.HIGH:  # a new emergency: somebody has to take it up again
            alert.acknowledged_at = alert.acknowledged_by = None
            alert.acknowledge_by = acknowledge_by(screen.patient.site)
        alert.save()
        alert_contacts.begin(alert, by=screen.entered_by)
        if risk is Risk.HIGH:
            _call_for_somebody(alert)
    return waiting


def _grade(alert: SafetyAlert, grade: SafetyAlert.Grade, reason: str, by: User | None) -> None:
    AlertGrading.objects.create(alert=alert, before=alert.grade, after=grade, reason=reason, by=by, at=clock.now())
    alert.grade = grade


@transaction.atomic
def regrade(*, alert_id: UUID, grade: str, reason: str, by: User) -> SafetyAlert:
    """A provider judges the risk otherwise than the answers do. Raises NotFound, NotPermitted, Refused, Invalid.

    Only a person lowers a grade. What the new grade requires takes the place of what the former one did.
    """
    alert = _open_alert(alert_id, by, Action.CLEAR_ALERT)
    wrong: dict[str, str] = {}
    if grade not in {Grade.HIGH, Grade.MODERATE, Grade.LOW} or grade == alert.grade:
        wrong["grade"] = "Choose another grade than the present one."
    if not reason.strip():
        wrong["reason"] = "Write why: what you saw and heard, and how you judge it."
    if wrong:
        raise Invalid(wrong)
    _grade(alert, Grade(grade), reason.strip(), by)
    if alert.grade == Grade.HIGH:
        alert.may_infuse = False
    _taken_up(alert, by, clock.now())
    alert.save()
    alert_contacts.begin(alert, by=by)
    return alert


def blocks(patient: Patient) -> bool:
    """Whether an open alert holds this patient's infusions: all that the front desk is told (“clinical hold”)."""
    return open_alerts(patient).filter(may_infuse=False).exists()


def gravest(patient: Patient) -> SafetyAlert | None:
    """The open alert that asks for most."""
    found = sorted(open_alerts(patient), key=lambda alert: GRAVEST_FIRST.index(Grade(alert.grade)))
    return found[0] if found else None


@transaction.atomic
def acknowledge(*, alert_id: UUID, by: User) -> SafetyAlert:
    """Take the alert up. Twice is harmless: the first name stays. Raises NotFound, NotPermitted, Refused."""
    alert = _open_alert(alert_id, by, Action.HANDLE_ALERT)
    if alert.acknowledged_at is None:
        alert.acknowledged_at, alert.acknowledged_by = clock.now(), by
        alert.save()
    return alert


@transaction.atomic
def clear_for_infusion(*, alert_id: UUID, note: str, by: User) -> SafetyAlert:
    """Let infusions go on while the alert stays open. Raises NotFound, NotPermitted, Refused, Invalid."""
    alert = _open_alert(alert_id, by, Action.CLEAR_ALERT)
    if alert.grade == Grade.UNSCREENED:
        raise Refused("The C-SSRS screener is missing. Record it first, then decide about infusions.")
    if alert.grade == Grade.HIGH:
        raise Refused(
            "A high alert needs a higher level of care first. "
            "Close it with what was arranged; infusions wait until then."
        )
    if alert.may_infuse:
        raise Refused(f"{alert.cleared_by} has cleared infusions already: {alert.clearance_note}")
    if not note.strip():
        raise Invalid({"note": "Write how you judged the risk: the note stands beside your clearance."})
    now = clock.now()
    alert.may_infuse, alert.clearance_note = True, note.strip()
    alert.cleared_at, alert.cleared_by = now, by
    _taken_up(alert, by, now)
    alert.save()
    alert_contacts.done_by([alert], [AlertContact.Kind.ASSESSMENT], words=note.strip(), by=by)
    return alert


@transaction.atomic
def close(*, alert_id: UUID, outcome: str, by: User, without: str = "") -> SafetyAlert:
    """End the alert with what came of it. Raises NotFound, NotPermitted, Refused, Invalid.

    A high one, or one that was never screened, is for the provider; so is one whose required contacts are not all
    made, and then `without` says why they need not be.
    """
    alert = _open_alert(alert_id, by, Action.CLOSE_ALERT)
    if alert.grade in {Grade.HIGH, Grade.UNSCREENED}:
        require(by, Action.CLEAR_ALERT, at=alert.patient.site)
    if not outcome.strip():
        raise Invalid({"outcome": "Write what was done and how the person is. It can’t be empty."})
    _look_at_contacts(alert, without.strip(), by)
    now = clock.now()
    _taken_up(alert, by, now)
    alert.outcome, alert.closed_at, alert.closed_by = outcome.strip(), now, by
    alert.save()
    return alert


def _look_at_contacts(alert: SafetyAlert, without: str, by: User) -> None:
    """Nothing that the grade requires is left undone, unless a provider says why."""
    missing = alert_contacts.still_open(alert)
    if not missing:
        return
    if not without:
        names = "; ".join(map(str, missing))
        raise Refused(f"Still to be done: {names}. Write what came of each, or a provider writes why it is not needed.")
    require(by, Action.CLEAR_ALERT, at=alert.patient.site)
    alert.closed_without = without
    alert_contacts.end_all(alert, words=f"Closed without it: {without}", by=by)


def _open_alert(alert_id: UUID, by: User, action: Action) -> SafetyAlert:
    alert = row_for(SafetyAlert, alert_id, by)
    require(by, action, at=alert.patient.site)
    if alert.closed_at is not None:
        raise Refused(f"This alert was closed by {alert.closed_by}. A new answer opens a new one.")
    return alert


def _taken_up(alert: SafetyAlert, by: User, now: datetime) -> None:
    if alert.acknowledged_at is None:
        alert.acknowledged_at, alert.acknowledged_by = now, by
