"""Series: opened for the eligible, numbered without gaps (journey J1), ended."""

import pytest
from django.db import IntegrityError, connection, transaction

from clinic import clock
from clinic.errors import IllegalTransition, Invalid, NotPermitted, Refused
from infusions import series as verbs
from infusions.models import BoosterPlan, Infusion, Series
from tests import build
from tests.infusions import making
from visits import changes, undoing
from visits.models import Appointment


@pytest.fixture(autouse=True)
def on_the_day_of_booking(site):
    with clock.at(build.moment(site, "2027-01-20", "10:00")):
        yield


@pytest.fixture
def eligible(patient, provider):
    making.evaluation(patient, provider)
    return patient


@pytest.fixture
def series(eligible, front_desk):
    made = making.loading(eligible, front_desk)
    for number, day in enumerate(making.J0_DAYS, start=1):
        making.infusion(made, number, day)
    return made


def opened(patient, by, **changes):
    wanted = {"site": patient.site, "planned_count": 6, "template": "T6a", "goals": "To walk again"} | changes
    return verbs.open_loading(patient=patient, by=by, **wanted)


def dates(series):
    """Number → day, as the clinic sees the series."""
    rows = series.infusions.filter(number__isnull=False).select_related("appointment").order_by("number")
    return {row.number: series.site.local(row.appointment.starts_at).strftime("%m-%d") for row in rows}


def miss(series, day, by):
    """The visit of a day becomes a no-show ten minutes after its time."""
    starts = build.moment(series.site, f"2027-{day}", "09:00")
    visit = Appointment.objects.get(patient=series.patient, starts_at=starts)
    with clock.at(build.moment(series.site, f"2027-{day}", "09:11")):
        changes.no_show(appointment_id=visit.pk, by=by)


def test_a_series_opens_for_an_eligible_patient(eligible, front_desk):
    made = opened(eligible, front_desk)
    assert (made.state, made.planned_count, made.opened_by) == ("planned", 6, front_desk)


def test_no_series_without_an_evaluation(patient, front_desk):
    with pytest.raises(Refused, match="not found eligible"):
        opened(patient, front_desk)


@pytest.mark.parametrize("state", ["deferred", "ineligible"])
def test_no_series_for_the_ineligible(patient, provider, front_desk, state):
    making.evaluation(patient, provider, state=state)
    with pytest.raises(Refused, match="not found eligible"):
        opened(patient, front_desk)
    assert not Series.objects.exists()


def test_no_series_on_an_evaluation_that_has_run_out(eligible, front_desk, site):
    with clock.at(build.moment(site, "2027-04-20")), pytest.raises(Refused, match="not found eligible"):
        opened(eligible, front_desk)


@pytest.mark.parametrize(("count", "fits"), [(5, False), (6, True), (8, True), (9, False)])
def test_a_loading_series_has_6_to_8(eligible, front_desk, count, fits):
    if fits:
        assert opened(eligible, front_desk, planned_count=count).planned_count == count
    else:
        with pytest.raises(Invalid):
            opened(eligible, front_desk, planned_count=count)


def test_one_loading_series_at_a_time(eligible, front_desk):
    opened(eligible, front_desk)
    with pytest.raises(Refused, match="already"):
        opened(eligible, front_desk)


def test_a_patient_of_another_site_has_no_series_here(eligible, other_site, stranger):
    with pytest.raises(Refused, match="another site"):
        opened(eligible, stranger, site=other_site)


def test_a_stranger_opens_no_series(eligible, stranger):
    with pytest.raises(NotPermitted):
        opened(eligible, stranger)


def test_insurance_opens_no_series(eligible, insurance_admin):
    with pytest.raises(NotPermitted):
        opened(eligible, insurance_admin)


def visit_on(series, day, kind="infusion"):
    starts = build.moment(series.site, day)
    return Appointment.objects.create(
        patient=series.patient, site=series.site, kind=kind, starts_at=starts,
        ends_at=starts + (build.moment(series.site, day, "10:55") - starts), booked_by=series.opened_by,
    )  # fmt: skip


def test_infusions_are_added_in_their_order(eligible, front_desk):
    made = opened(eligible, front_desk)
    for number, day in enumerate(making.J0_DAYS, start=1):
        verbs.add_infusion(series=made, appointment=visit_on(made, day), number=number, by=front_desk)
    assert list(dates(made)) == [1, 2, 3, 4, 5, 6]
    assert made.infusions.first().state_events.get().after == "scheduled"


def test_a_number_is_not_skipped(eligible, front_desk):
    made = opened(eligible, front_desk)
    with pytest.raises(Refused, match="number 1, not 2"):
        verbs.add_infusion(series=made, appointment=visit_on(made, "2027-02-02"), number=2, by=front_desk)


def test_no_seventh_of_six(series, front_desk):
    with pytest.raises(Refused, match="All 6"):
        verbs.add_infusion(series=series, appointment=visit_on(series, "2027-02-23"), number=7, by=front_desk)


def test_a_booster_visit_is_no_infusion_of_the_series(eligible, front_desk):
    made = opened(eligible, front_desk)
    with pytest.raises(Refused, match="kind"):
        verbs.add_infusion(series=made, appointment=visit_on(made, "2027-02-02", "booster"), number=1, by=front_desk)


def test_a_visit_of_somebody_else_is_not_added(eligible, front_desk, site):
    made = opened(eligible, front_desk)
    visit = visit_on(made, "2027-02-02")
    visit.patient = build.patient(site)
    with pytest.raises(Refused, match="another patient"):
        verbs.add_infusion(series=made, appointment=visit, number=1, by=front_desk)


# J1: a missed visit consumes no number


def test_a_no_show_on_the_third_shifts_the_rest(series, front_desk):
    miss(series, "02-09", front_desk)
    assert dates(series) == {1: "02-02", 2: "02-05", 3: "02-12", 4: "02-16", 5: "02-19"}
    missed = Infusion.objects.get(state="no_show")
    assert missed.number is None
    verbs.add_infusion(series=series, appointment=visit_on(series, "2027-02-23"), number=6, by=front_desk)
    assert dates(series)[6] == "02-23"


def test_three_misses_leave_numbers_without_gaps(series, front_desk):
    for day in ("02-09", "02-12", "02-16"):
        miss(series, day, front_desk)
    assert dates(series) == {1: "02-02", 2: "02-05", 3: "02-19"}
    assert making.broken() == []


def test_a_cancelled_visit_gives_its_number_up(series, front_desk):
    visit = series.infusions.get(number=2).appointment
    changes.cancel(appointment_id=visit.pk, party="patient", reason="Flu", by=front_desk)
    assert dates(series) == {1: "02-02", 2: "02-09", 3: "02-12", 4: "02-16", 5: "02-19"}


def test_an_undone_cancellation_has_its_number_again(series, front_desk):
    before = dates(series)
    visit = series.infusions.get(number=2).appointment
    changes.cancel(appointment_id=visit.pk, party="patient", reason="Flu", by=front_desk)
    undoing.undo(appointment_id=visit.pk, by=front_desk)
    assert dates(series) == before
    assert series.infusions.get(appointment=visit).state == "scheduled"


def test_an_undo_finds_its_place_taken(series, front_desk):
    visit = series.infusions.get(number=2).appointment
    changes.cancel(appointment_id=visit.pk, party="patient", reason="Flu", by=front_desk)
    verbs.add_infusion(series=series, appointment=visit_on(series, "2027-02-23"), number=6, by=front_desk)
    with pytest.raises(Refused, match="taken"):
        undoing.undo(appointment_id=visit.pk, by=front_desk)
    visit.refresh_from_db()
    assert visit.status == "cancelled"


def test_following_a_visit_twice_changes_nothing(series, front_desk):
    miss(series, "02-09", front_desk)
    before = dates(series)
    versions = list(series.infusions.values_list("version", flat=True))
    missed = Infusion.objects.get(state="no_show")
    verbs.catch_up(appointment_id=missed.appointment_id, by=front_desk)
    assert (dates(series), list(series.infusions.values_list("version", flat=True))) == (before, versions)


def test_a_moved_visit_takes_its_place_by_date(series, front_desk):
    second = series.infusions.get(number=2).appointment
    Appointment.objects.filter(pk=second.pk).update(
        starts_at=build.moment(series.site, "2027-02-10"), ends_at=build.moment(series.site, "2027-02-10", "11:00")
    )
    verbs.catch_up(appointment_id=second.pk, by=front_desk)
    assert dates(series) == {1: "02-02", 2: "02-09", 3: "02-10", 4: "02-12", 5: "02-16", 6: "02-19"}


def test_the_database_refuses_a_number_twice(series):
    series.infusions.filter(number=2).update(number=3)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    series.infusions.filter(appointment__starts_at__lt=build.moment(series.site, "2027-02-09"), number=3).update(
        number=2
    )


# The end


def discharged(series, provider, nurse, other_nurse, numbers):
    order, vial = making.order(series, provider), making.vial(series.site, nurse)
    for infusion in series.infusions.filter(number__in=numbers).select_related("appointment", "series__site"):
        making.give(infusion, order, vial, nurse=nurse, checker=other_nurse)


def test_a_series_is_complete_when_the_last_planned_is_discharged(series, provider, nurse, other_nurse):
    discharged(series, provider, nurse, other_nurse, range(1, 6))
    assert verbs.complete_when_done(series_id=series.pk, by=nurse) is False
    discharged_last = series.infusions.get(number=6)
    order, vial = series.orders.get(), series.infusions.get(number=1).vial
    making.give(discharged_last, order, vial, nurse=nurse, checker=other_nurse)
    assert verbs.complete_when_done(series_id=series.pk, by=nurse) is True
    series.refresh_from_db()
    assert (series.state, series.ended_at) == ("completed", clock.now())


def test_a_series_with_infusions_to_come_is_not_completed(series, nurse):
    with pytest.raises(Refused, match="still to come"):
        verbs.complete(series_id=series.pk, by=nurse)


def test_a_stop_cancels_what_is_to_come(series, provider):
    verbs.stop(series_id=series.pk, reason="No response", by=provider)
    series.refresh_from_db()
    assert (series.state, series.ended_reason, dates(series)) == ("stopped", "No response", {})
    visits = set(Appointment.objects.values_list("status", "cancelled_by_party", "reason"))
    assert visits == {("cancelled", "clinic", "No response")}


def test_a_stop_says_why(series, provider):
    with pytest.raises(Invalid):
        verbs.stop(series_id=series.pk, reason="  ", by=provider)


def test_a_series_stops_once(series, provider):
    verbs.stop(series_id=series.pk, reason="No response", by=provider)
    with pytest.raises(IllegalTransition):
        verbs.stop(series_id=series.pk, reason="Again", by=provider)


def test_a_running_infusion_is_not_stopped_away(series, provider):
    Infusion.objects.filter(series=series, number=1).update(state="checked_in")
    with pytest.raises(Refused, match="going on"):
        verbs.stop(series_id=series.pk, reason="No response", by=provider)


def test_a_nurse_does_not_stop_a_series(series, nurse):
    with pytest.raises(NotPermitted):
        verbs.stop(series_id=series.pk, reason="No response", by=nurse)


@pytest.fixture
def ended(series, provider):
    series.state, series.ended_at = "completed", clock.now()
    series.save()
    return series


def test_maintenance_follows_a_signed_plan(ended, provider, front_desk):
    BoosterPlan.objects.create(series=ended, intervals_days=[14, 21, 28], signed_by=provider)
    made = verbs.open_maintenance(follows=ended, by=front_desk)
    assert (made.kind, made.follows, made.planned_count) == ("maintenance", ended, None)
    assert verbs.open_maintenance(follows=ended, by=front_desk) == made


def test_no_maintenance_without_a_plan(ended, front_desk):
    with pytest.raises(Refused, match="no booster plan"):
        verbs.open_maintenance(follows=ended, by=front_desk)


def test_no_maintenance_after_a_series_that_runs(series, front_desk):
    with pytest.raises(Refused, match="has ended"):
        verbs.open_maintenance(follows=series, by=front_desk)


def test_an_older_maintenance_ends_with_a_new_one(ended, provider, front_desk):
    older = Series.objects.create(
        patient=ended.patient, site=ended.site, kind="maintenance", opened_by=front_desk,
        opened_at=build.moment(ended.site, "2026-01-20"),
    )  # fmt: skip
    BoosterPlan.objects.create(series=ended, intervals_days=[14], signed_by=provider)
    verbs.open_maintenance(follows=ended, by=front_desk)
    older.refresh_from_db()
    assert older.state == "completed"
