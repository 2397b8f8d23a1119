"""Small builders of what tests need: one function a thing, sensible by default, named by what it makes."""

from __future__ import annotations

from datetime import date, datetime, time
from itertools import count
from typing import Any

from clinic import clock as clock_of_house
from clinic.models import Membership, OpeningHours, Room, Shift, Site, User
from clinic.policy import Role
from patients import alert_contacts, evaluations, measures
from patients.models import Evaluation, LabResult, MeasureResponse, Patient, SafetyAlert, TreatmentTrial
from patients.rules import CONTRAINDICATIONS

_serial = count(1)
PASSWORD = "a long and quiet harbour"


def site(name: str = "Pine Street", zone: str = "America/Los_Angeles", *, rooms: int = 2) -> Site:
    """A site open Monday to Friday 08:00 to 18:00 with infusion rooms, a therapy room and a consultation room."""
    code = name.lower().replace(" ", "-")
    made = Site.objects.create(code=code, name=name, time_zone=zone, city=name, phone="+15550100000")
    for number in range(1, rooms + 1):
        Room.objects.create(site=made, name=f"Room {number}", kind=Room.Kind.INFUSION)
    Room.objects.create(site=made, name="Quiet A", kind=Room.Kind.THERAPY)
    Room.objects.create(site=made, name="Consult", kind=Room.Kind.CONSULT)
    OpeningHours.objects.bulk_create(
        OpeningHours(site=made, weekday=weekday, opens=time(8), closes=time(18)) for weekday in range(5)
    )
    return made


def user(*roles: Role, at: Site, name: str = "", shift: bool = True) -> User:
    """A member of staff with roles at one site, at work Monday to Friday 08:00 to 18:00."""
    serial = next(_serial)
    made = User.objects.create_user(
        email=f"staff{serial}@evenkeel.example", password=PASSWORD, full_name=name or f"Staff {serial}"
    )
    for role in roles:
        Membership.objects.create(user=made, site=at, role=role)
    if shift:
        Shift.objects.bulk_create(
            Shift(user=made, site=at, weekday=day, starts=time(8), ends=time(18), valid_from=date(2020, 1, 1))
            for day in range(5)
        )
    return made


def patient(at: Site, **fields: Any) -> Patient:
    """A patient put straight into the table, for tests that are not about registration."""
    serial = next(_serial)
    given, family = fields.pop("given_name", "Maya"), fields.pop("family_name", "Torres")
    return Patient.objects.create(
        site=at,
        mrn=f"T-{serial:05}",
        given_name=given,
        family_name=family,
        birth_date=fields.pop("birth_date", date(1984, 3, 14)),
        search_text=f"{family} {given}".lower(),
        **fields,
    )


def moment(at: Site, day: str, clock: str = "09:00") -> datetime:
    """`moment(site, "2027-02-02", "09:00")`: that time on the site's wall clock."""
    return at.moment(date.fromisoformat(day), time.fromisoformat(clock))


def all_no() -> dict[str, tuple[str, str]]:
    """A contraindication checklist answered no on every line."""
    return {line.key: ("no", "") for line in CONTRAINDICATIONS}


def trial(of: Patient, *, weeks: int = 8, outcome: str = "none", treatment: str = "Sertraline") -> TreatmentTrial:
    return TreatmentTrial.objects.create(patient=of, treatment=treatment, weeks_at_adequate_dose=weeks, outcome=outcome)


def phq9(
    of: Patient, total: int, *, by: User, timepoint: str = "follow_up", item9: int = 0, at: datetime | None = None
) -> MeasureResponse:
    """A PHQ-9 with that total, asked now or `at` another time; items 1 to 8 share what item 9 leaves."""
    rest = total - item9
    items = [min(3, max(0, rest - 3 * index)) for index in range(8)]
    return measures.record(
        patient_id=of.pk,
        instrument="phq9",
        items=[*items, item9],
        timepoint=timepoint,
        observed_at=at or clock_of_house.now(),
        by=by,
    )


def cssrs(of: Patient, *answers: int, by: User, timepoint: str = "follow_up") -> MeasureResponse:
    return measures.record(
        patient_id=of.pk,
        instrument="cssrs",
        items=answers or (0, 0, 0, 0, 0, 0),
        timepoint=timepoint,
        observed_at=clock_of_house.now(),
        by=by,
    )


def worked_up(of: Patient, *, by: User) -> None:
    """What the work-up asks of everybody: a calm suicide screen, and good results of today."""
    cssrs(of, by=by, timepoint="baseline")
    now = clock_of_house.now()
    LabResult.objects.bulk_create(
        LabResult(patient=of, test=test, finding=finding, observed_at=now, source="lab", entered_by=by)
        for test, finding in {"cmp": "normal", "ua": "normal", "uds": "negative", "hcg": "negative"}.items()
    )


def eligible(of: Patient, *, by: User) -> Evaluation:
    """A patient whom nothing rules out, evaluated and signed as eligible, now."""
    if measures.baseline(of) is None:
        phq9(of, 21, by=by, timepoint="baseline")
    trial(of)
    trial(of, treatment="Venlafaxine", weeks=10)
    draft = evaluations.begin(patient_id=of.pk, observed_at=clock_of_house.now(), by=by)
    draft = evaluations.save_draft(
        evaluation_id=draft.pk,
        by=by,
        version=draft.version,
        answers=all_no(),
        diagnosis="Major depressive disorder, recurrent, severe",
        diagnosis_code="F33.2",
    )
    return evaluations.sign(evaluation_id=draft.pk, outcome="eligible", by=by, rationale="The work-up is on its way.")


def contacts_made(alert: SafetyAlert, *, by: User) -> SafetyAlert:
    """Everything the alert's grade requires was done by this provider."""
    for contact in alert_contacts.still_open(alert):
        alert_contacts.record(contact_id=contact.pk, reached=True, words="Spoke with them; safe.", by=by)
    return alert
