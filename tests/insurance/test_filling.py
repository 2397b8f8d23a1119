"""The queue fills itself: what asks for a check, and that nothing asks twice."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command

from clinic import clock
from clinic.ids import uuid7
from clinic.models import Site, User
from insurance import coming, filling
from insurance.coming import Visit
from insurance.coverage import add_coverage
from insurance.filling import File, wanted_for
from insurance.models import Coverage, Payer, SelfPay, Verification
from insurance.verification import expire_lapsed, open_check
from patients.models import Patient
from tests import build
from tests.insurance.conftest import answer
from visits import changes
from visits.booking import book
from visits.models import Appointment

ZONED = Site(time_zone="America/Los_Angeles")
PLAN = Coverage(pk=uuid7(), starts_on=date(2026, 1, 1))


def at(day: str, hour: int = 17) -> datetime:
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC)


def visit(day: str, kind: str = "infusion", first: bool = False) -> Visit:
    return Visit(uuid7(), kind, at(day), date.fromisoformat(day), first)


def answered(day: str, state: str = "active", **more: Any) -> Verification:
    return Verification(coverage=PLAN, leg="medical", state=state, checked_at=at(day), **more)


def why(seen: Visit, now: str, *checks: Verification, hour: int = 17) -> list[str]:
    found = wanted_for(seen, File([PLAN], [], list(checks)), at(now, hour), ZONED)
    return [one.why for one in found]


@pytest.mark.parametrize(
    ("seen", "now", "checks", "reasons"),
    [
        (visit("2027-02-12"), "2027-02-03", [], ["new"]),
        (visit("2027-02-12"), "2027-02-03", [answered("2027-02-01")], []),
        # the month has turned, on the 1st and not before
        (visit("2027-02-12"), "2027-01-31", [answered("2027-01-04")], []),
        (visit("2027-02-12"), "2027-02-01", [answered("2027-01-04")], ["month"]),
        (visit("2027-02-12"), "2027-02-01", [answered("2027-01-04", state="not_covered")], ["month"]),
        # a new year is a new plan year, and so is a plan that ended
        (visit("2027-01-12"), "2027-01-01", [answered("2026-12-04")], ["plan_year"]),
        (visit("2027-02-26"), "2027-02-20", [answered("2027-02-01", valid_until=date(2027, 2, 15))], ["month"]),
        (visit("2027-02-26"), "2027-02-20", [answered("2027-02-01", plan_ends=date(2027, 2, 15))], ["plan_year"]),
        # the first infusion: an answer of the last 72 hours
        (visit("2027-02-12", first=True), "2027-02-09", [answered("2027-02-01")], ["first"]),
        (visit("2027-02-12", first=True), "2027-02-08", [answered("2027-02-01")], []),
        (visit("2027-02-12", first=True), "2027-02-11", [answered("2027-02-10")], []),
        # a booster: asked from ten days before
        (visit("2027-02-26", "booster"), "2027-02-16", [answered("2027-02-01")], ["booster"]),
        (visit("2027-02-26", "booster"), "2027-02-15", [answered("2027-02-01")], []),
        (visit("2027-02-26", "booster"), "2027-02-20", [answered("2027-02-17")], []),
        # what is being asked is not asked again, an error waits on the queue
        (visit("2027-02-12"), "2027-02-03", [Verification(coverage=PLAN, leg="medical", state="error")], []),
        # therapy is the other leg
        (visit("2027-02-12", "midpoint"), "2027-02-03", [answered("2027-02-01")], ["new"]),
    ],
)
def test_what_a_visit_asks_for(seen: Visit, now: str, checks: list[Verification], reasons: list[str]) -> None:
    assert why(seen, now, *checks) == reasons


def test_nobody_asks_for_who_pays_themselves() -> None:
    agreed = SelfPay(since=date(2027, 1, 1), agreed_at=at("2027-01-01"))
    assert not list(wanted_for(visit("2027-02-12"), File([PLAN], [agreed], []), at("2027-02-11"), ZONED))


@pytest.mark.parametrize(("now", "reasons"), [("2027-02-04", []), ("2027-02-05", ["no_plan"])])
def test_a_visit_that_nobody_pays_is_asked_about_a_week_before(now: str, reasons: list[str]) -> None:
    found = wanted_for(visit("2027-02-12"), File([], [], []), at(now), ZONED)
    assert [one.why for one in found] == reasons


def test_a_check_is_due_on_the_business_day_before_and_never_in_the_past() -> None:
    due = [next(wanted_for(visit("2027-02-16"), File([PLAN], [], []), at(now), ZONED)).due_on
           for now in ("2027-02-05", "2027-02-16")]  # fmt: skip
    assert due == [date(2027, 2, 12), date(2027, 2, 16)]  # the 15th is Presidents' Day


# With a clinic ---------------------------------------------------------------------------------------------------


@pytest.fixture
def booked(site: Site, patient: Patient, front_desk: User) -> Appointment:
    build.user("provider", at=site)
    with clock.at(build.moment(site, "2027-01-20", "10:00")):
        return book(
            patient=patient, site=site, kind="evaluation", starts_at=build.moment(site, "2027-01-26"), by=front_desk
        )


def test_a_new_plan_puts_both_legs_on_the_queue_and_a_sweep_opens_nothing_twice(
    on_20_january: None, site: Site, patient: Patient, front_desk: User, booked: Appointment
) -> None:
    plan = add_coverage(patient_id=patient.pk, payer_name="Orchard Health", member_id="7", by=front_desk)
    found = Verification.objects.filter(coverage=plan)
    assert sorted(found.values_list("leg", "opened_for", "next_visit_at")) == [
        ("behavioral", "new", booked.starts_at),
        ("medical", "new", booked.starts_at),
    ]
    assert filling.sweep(site) == 0
    assert found.count() == 2


def test_a_plan_that_has_ended_is_not_asked_about(on_20_january: None, patient: Patient, front_desk: User) -> None:
    add_coverage(patient_id=patient.pk, payer_name="Orchard", ends_on=date(2027, 1, 19), by=front_desk)
    assert not Verification.objects.exists()


def test_the_month_turns_and_the_command_says_what_it_did(
    site: Site, patient: Patient, plan: Coverage, insurance_admin: User, booked: Appointment, capsys: Any
) -> None:
    Appointment.objects.filter(pk=booked.pk).update(
        starts_at=booked.starts_at + timedelta(days=14), ends_at=booked.ends_at + timedelta(days=14)
    )
    with clock.at(build.moment(site, "2027-01-20", "10:00")):
        answer(open_check(patient_id=patient.pk, leg="medical", by=insurance_admin), "active", insurance_admin)
        assert filling.sweep(site) == 0
    with clock.at(build.moment(site, "2027-02-01", "00:05")):
        call_command("fill_insurance_queue")
        assert "answers that no longer hold: 1; checks opened: 1" in capsys.readouterr().out
        assert (expire_lapsed(site=site), filling.sweep(site)) == (0, 0)
    new = Verification.objects.get(state="not_started")
    assert (new.opened_for, new.due_on, new.coverage) == ("month", date(2027, 2, 8), plan)


def test_a_sweep_costs_the_same_for_one_and_for_three(
    on_20_january: None, site: Site, payer: Payer, front_desk: User, django_assert_num_queries: Any
) -> None:
    for number in range(3):
        one = build.patient(site, family_name=f"Person {number}")
        Coverage.objects.create(patient=one, payer=payer)
        start = build.moment(site, "2027-01-26", f"{9 + 2 * number:02}:00")
        Appointment.objects.create(
            patient=one, site=site, kind="evaluation", starts_at=start, ends_at=start + timedelta(hours=1),
            booked_by=front_desk,
        )  # fmt: skip
        if number != 1:
            Verification.objects.all().delete()
            with django_assert_num_queries(10):
                assert filling.sweep(site) == number + 1


def test_the_next_visit_follows_what_becomes_of_visits(
    on_20_january: None, site: Site, patient: Patient, plan: Coverage, front_desk: User, insurance_admin: User,
    booked: Appointment,
) -> None:  # fmt: skip
    check = open_check(patient_id=patient.pk, leg="medical", by=insurance_admin)
    check.refresh_from_db()
    assert (check.next_visit_at, check.next_visit_kind) == (booked.starts_at, "evaluation")
    moved = build.moment(site, "2027-01-27", "13:00")
    changes.move(appointment_id=booked.pk, starts_at=moved, by=front_desk)
    check.refresh_from_db()
    assert check.next_visit_at == moved
    changes.cancel(appointment_id=booked.pk, party="patient", reason="Ill", by=front_desk)
    check.refresh_from_db()
    assert (check.next_visit_at, check.next_visit_kind) == (None, "")


def test_a_visit_of_today_stays_the_next_one_and_yesterdays_does_not(
    site: Site, patient: Patient, plan: Coverage, insurance_admin: User, booked: Appointment
) -> None:
    with clock.at(build.moment(site, "2027-01-26", "20:00")):
        check = open_check(patient_id=patient.pk, leg="medical", by=insurance_admin)
        coming.refresh(site)
        check.refresh_from_db()
        assert check.next_visit_at == booked.starts_at
    with clock.at(build.moment(site, "2027-01-27", "00:10")):
        assert coming.refresh(site) == 1
        check.refresh_from_db()
        assert check.next_visit_at is None
