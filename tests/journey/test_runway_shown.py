"""How far an authorization reaches stands beside each infusion visit, and a booking past its end is warned of."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic import clock
from infusions.units import used
from insurance import runway
from insurance.authorizations import Used
from insurance.models import Authorization, Coverage, Payer
from tests import build
from tests.infusions import making
from visits import booking, runways
from visits.models import Appointment

SAID = "6 of 6 left, ends 14\u00a0Mar"


@pytest.fixture
def treated(site, provider, insurance_admin):
    """A patient with an infusion on 2 February and six units until 14 March."""
    payer = Payer.objects.create(name="Tidewater")

    def make():
        of = build.patient(site)
        plan = Coverage.objects.create(patient=of, payer=payer, member_id="T1")
        Authorization.objects.create(
            coverage=plan, number="A-7", codes=["96365"], units=6, starts_on=date(2027, 2, 1),
            ends_on=date(2027, 3, 14), recorded_by=insurance_admin,
        )  # fmt: skip
        return making.infusion(making.loading(of, provider), 1, "2027-02-02")

    return make


def test_it_stands_on_the_board_in_the_panel_and_on_the_page_of_the_visit(client, site, treated, front_desk, nurse):
    with clock.at(build.moment(site, "2027-02-01", "08:30")):
        starts = build.moment(site, "2027-02-03", "09:00")
        visit = booking.book(
            patient=treated().series.patient, site=site, kind="booster", starts_at=starts, by=front_desk
        )
        client.force_login(front_desk)
        for page in (
            f"{reverse('journey:today')}?day=2027-02-03&view=list",
            reverse("journey:today-visit", args=[visit.pk]),
            reverse("visits:appointment", args=[visit.pk]),
        ):
            assert SAID in client.get(page).content.decode(), page


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_two_queries_however_many_visits(treated, site, count, django_assert_num_queries):
    visits = [treated().appointment for _ in range(count)]
    found = list(Appointment.objects.filter(pk__in=[one.pk for one in visits]).select_related("site"))
    with django_assert_num_queries(2), clock.at(build.moment(site, "2027-02-02", "08:30")):
        assert {one.sentence for one in runways.of_visits(found).values()} == {SAID}
    with CaptureQueriesContext(connection) as none:
        assert runways.of_visits([]) == {}
    assert len(none) == 0


def test_what_was_not_given_takes_no_unit(treated, site):
    infusion = treated()
    of = infusion.series.patient
    assert list(used([of.pk])) == [(of.pk, Used(date(2027, 2, 2), given=False))]
    type(infusion).objects.filter(pk=infusion.pk).update(state="discharged")
    assert [one for _, one in used([of.pk])] == [Used(date(2027, 2, 2), given=True)]
    type(infusion).objects.filter(pk=infusion.pk).update(state="not_given", number=None, not_given_reason="BP")
    Appointment.objects.filter(pk=infusion.appointment_id).update(
        status="done", arrived_at=infusion.appointment.starts_at
    )
    assert list(used([of.pk])) == []
    with clock.at(build.moment(site, "2027-02-03", "08:30")):
        assert runway.of(of, date(2027, 2, 5)).left == 6


def test_a_booking_past_the_end_is_warned_of_and_stands(client, treated, site, front_desk, nurse):
    of = treated().series.patient
    client.force_login(front_desk)
    with clock.at(build.moment(site, "2027-03-12", "08:30")):
        page = f"{reverse('visits:book', args=[of.pk])}?kind=booster&day=2027-03-15&at=09:00"
        shown = client.get(page).content.decode()
        assert "Authorization ends 14\u00a0Mar" in shown
        starts = build.moment(site, "2027-03-15", "09:00").isoformat()
        sent = {"kind": "booster", "starts_at": starts, "minutes": "40", "recovery": "60"}
        told = client.post(page, sent, follow=True).content.decode()
        assert "The visit stands all the same" in told
    assert Appointment.objects.filter(patient=of, kind="booster", status="booked").count() == 1
