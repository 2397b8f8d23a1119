"""Coming visits on whose day the last answer of the payer holds no more (protocol 6.1, 7.2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from uuid import UUID

from django.urls import reverse

from clinic import clock
from clinic.models import Site, User
from clinic.wording import day_words
from insurance import standing
from insurance.models import Verification
from insurance.rules import business_day_before
from patients.models import Patient
from reminders.asking import Ask, Watch
from visits.models import Appointment

Leg = Verification.Leg
VERIFY_AHEAD = timedelta(days=10)
EVENING = time(17)
LEGS = {Leg.MEDICAL: Appointment.INFUSIONS, Leg.BEHAVIORAL: Appointment.THERAPY}


def _lapsing(site: Site, patient: Patient | None) -> Iterator[Ask]:
    """The first visit on whose day the last answer of the payer holds no more; a check that is open says it itself."""
    for leg, kinds in LEGS.items():
        first = _first_visits(site, patient, kinds)
        found = standing.papers(first, leg)
        for pk, visit in first.items():
            on, paper = site.local(visit.starts_at).date(), found[pk]
            if any(check.state in Verification.OPEN for check in paper.checks):
                continue
            if standing.judge(paper, on, visit.patient).label == standing.AGAIN:
                yield _verify(site, visit, on, leg)


def _first_visits(site: Site, patient: Patient | None, kinds: tuple[str, ...]) -> dict[UUID, Appointment]:
    now = clock.now()
    rows = Appointment.objects.filter(
        site=site, kind__in=kinds, status__in=Appointment.ALIVE, starts_at__gt=now, starts_at__lte=now + VERIFY_AHEAD
    )
    if patient is not None:
        rows = rows.filter(patient=patient)
    first: dict[UUID, Appointment] = {}
    for visit in rows.select_related("patient__site").order_by("-starts_at"):
        first[visit.patient_id] = visit
    return first


def _verify(site: Site, visit: Appointment, on: date, leg: str) -> Ask:
    return Ask(
        (f"benefits_{leg}", visit.patient_id),
        f"Verify benefits of {visit.patient.name} again before {day_words(site.local(visit.starts_at))}",
        site.moment(business_day_before(on), EVENING),
        reverse("insurance:patient", args=[visit.patient_id]),
        visit.patient,
        occurrence=on.isoformat(),
    )


LAPSING = Watch(("verification_ends",), "The benefits are verified, or a check is open.", _lapsing)


def follow_answer(check: Verification, by: User | None) -> None:
    LAPSING.look(check.patient.site, patient=check.patient, by=by)
