"""Whether an estimate that a patient holds still says what is planned; and whether the bills run past it.

Looked at when a visit moves, a series grows or stops, coverage changes or a price does, and once a day for the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

from django.db import transaction

from clinic.models import Site
from insurance import estimate_rules, estimates
from insurance.estimate_ground import SELF, Ground
from insurance.estimate_items import Visits
from insurance.estimate_words import money
from insurance.estimates import Course, visits_of
from insurance.models import Coverage, Estimate
from insurance.standing import shown_day
from patients.models import Patient

after_exceed: list[Callable[[Estimate, Decimal], None]] = []
"""Called when bills run at least $400 past an estimate, each time it is looked at."""


@transaction.atomic
def look(patient: Patient) -> str:
    """Why the patient's estimate no longer holds, which is then written on it; nothing where it holds."""
    held = estimates.in_force(patient.site.today()).filter(patient=patient).select_related("patient__site").first()
    if held is None:
        return ""
    why = " ".join(changes(held))
    if why:
        estimates.mark_outdated(held, why)
    return why


def look_at_site(site: Site) -> int:
    """Look at every estimate of the site that is in force; how many no longer hold."""
    held = estimates.in_force(site.today()).filter(site=site).select_related("patient__site")
    count = 0
    for estimate in held.order_by("id").iterator(chunk_size=200):
        count += bool(look(estimate.patient))
        watch_bill(estimate)
    return count


def watch_bill(estimate: Estimate) -> None:
    bill = estimates.charged(estimate)
    if estimates.exceeds(estimate, bill):
        for follow in after_exceed:
            follow(estimate, bill)


def changes(estimate: Estimate) -> Iterator[str]:
    """What is another now than it was counted on, in sentences."""
    course = estimates.course_of(estimate.patient, estimate.series_id) if estimate.series_id else None
    ground = Ground.of(estimate.patient)
    if course:
        yield from _of_course(estimate, course, ground)
    yield from _of_payer(estimate, ground)
    yield from _of_prices(estimate, ground)


def _of_course(estimate: Estimate, course: Course, ground: Ground) -> Iterator[str]:
    counted = estimate.basis["count"]
    if course.stopped:
        given = len(course.visits.infusions)
        if given < counted:
            yield f"The series was stopped: {given} of {counted} infusions."
    elif course.count != counted:
        yield f"The series has {course.count} infusions now, not {counted}."
    if estimate.kind == Estimate.Kind.PLAN and _years(course.visits, ground) != _years(visits_of(estimate), ground):
        yield "Infusions moved into another plan year."


def _years(visits: Visits, ground: Ground) -> list[int]:
    """How many infusions fall into each plan year."""
    begins = next((one.year_begins for one in ground.plans["medical"]), None)
    years = [estimate_rules.year_of(day, begins) for day in visits.infusions]
    return [years.count(year) for year in sorted(set(years))]


def _of_payer(estimate: Estimate, ground: Ground) -> Iterator[str]:
    """On the days that are still to come, as they were counted on."""
    for day, before in sorted(estimate.basis["who"].items()):
        now = ground.who_pays(date.fromisoformat(day))
        if date.fromisoformat(day) >= ground.on and now != before:
            names = _names({now, before})
            from_day = shown_day(date.fromisoformat(day), ground.on)
            yield f"From {from_day} on {names[now]} pays instead of {names[before]}."
            return


def _names(who: set[str]) -> dict[str, str]:
    plans = Coverage.objects.filter(pk__in=who - {SELF}).select_related("payer")
    return {SELF: "the patient"} | {str(one.pk): str(one.payer) for one in plans}


def _of_prices(estimate: Estimate, ground: Ground) -> Iterator[str]:
    """The same days at the prices that are known now; what is past costs what it cost then."""
    expected = ground.expected(visits_of(estimate))
    alone = estimate.kind == Estimate.Kind.GOOD_FAITH
    before = Decimal(estimate.basis["own_price" if alone else "list_price"])
    now = sum((item.self_pay if alone else item.billed for item in expected), Decimal(0))
    if now != before:
        yield f"Prices have changed: {money(now)} instead of {money(before)} before packages and plans."
