"""The home page of each role: what waits for it and for nobody else, urgent first, at one price."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic import clock
from clinic.policy import Role
from infusions.models import Infusion, Order, Series
from insurance.models import Verification
from journey.home import todos
from patients.models import Evaluation, Inquiry, SafetyAlert
from reminders import followups
from tests import build
from tests.infusions import making
from therapy import cards
from therapy.models import TherapySession
from visits.models import Appointment

HOURS = ("09:00", "11:00", "13:00")


class Day:
    """What may wait at a site; `add` makes one more of each, of a new patient."""

    def __init__(self, site, provider, therapist):
        self.site, self.provider, self.therapist, self.count = site, provider, therapist, 0

    def add(self):
        at = HOURS[self.count]
        self.count += 1
        of = build.patient(self.site, given_name=f"Maya{self.count}")
        now = clock.now()
        Inquiry.objects.create(
            site=self.site, source="phone", given_name="Nora", family_name=f"W{self.count}", phone="+15035550171"
        )
        SafetyAlert.objects.create(patient=of, grade="low", acknowledge_by=now)
        Evaluation.objects.create(patient=of, observed_at=now, entered_by=self.provider)
        Verification.objects.create(patient=of, leg="medical", due_on=date(2027, 2, 3))
        series = making.loading(of, self.provider)
        making.infusion(series, 1, "2027-02-02", at=at)
        self._order(of)
        self._review(of)
        self._session(series, at)
        for role in Role:
            followups.open_task(
                kind="call_instead", site=self.site, patient=of, title=f"Task of the {role.value} {self.count}",
                subject_kind=f"for {role.value}", subject_id=of.pk, owner_role=role, due_at=now,
            )  # fmt: skip

    def _order(self, of):
        second = Series.objects.create(
            patient=of, site=self.site, kind="maintenance", opened_at=clock.now(), opened_by=self.provider
        )
        making.order(second, self.provider, needs_second=True)

    def _review(self, of):
        other = build.patient(self.site, given_name=f"Ended{self.count}")
        series = making.loading(other, self.provider)
        Series.objects.filter(pk=series.pk).update(state="completed", ended_at=clock.now())

    def _session(self, series, at):
        starts = build.moment(self.site, "2027-02-02", at)
        visit = Appointment.objects.create(
            patient=series.patient, site=self.site, kind="midpoint", starts_at=starts,
            ends_at=starts + timedelta(minutes=60), booked_by=self.provider,
        )  # fmt: skip
        TherapySession.objects.create(
            patient=series.patient, series=series, kind="midpoint", appointment=visit, therapist=self.therapist,
            same_day_reason="Only then in town",
        )  # fmt: skip


@pytest.fixture
def day(site, provider, therapist):
    made = Day(site, build.user(Role.PROVIDER, at=site), therapist)
    made.add()
    return made


BUTTONS = {
    "front_desk": {"Check in", "Open"},
    "nurse": {"Open infusion", "Open"},
    "provider": {"Open", "Read and sign", "Write the order", "Review"},
    "therapist": {"Open"},
    "insurance_admin": {"Open"},
    "clinic_admin": {"Open"},
}
WAITS = {
    "front_desk": {"Maya1 Torres arrives", "Call Nora W1"},
    "nurse": {"Maya1 Torres", "Maya1 Torres: safety alert"},
    "provider": {
        "Maya1 Torres: safety alert",
        "Evaluation of Maya1 Torres",
        "Order for Maya1 Torres",
        "Second signature for Maya1 Torres",
        "Review the response of Ended1 Torres",
    },
    "therapist": {"Maya1 Torres", "Maya1 Torres: safety alert"},
    "insurance_admin": {"Verify benefits of Maya1 Torres"},
    "clinic_admin": set(),
}


@pytest.mark.parametrize("role", list(WAITS))
def test_each_role_finds_its_own_work_and_no_other(request, site, day, role):
    rows = todos(request.getfixturevalue(role), site)
    assert {row.title for row in rows} == WAITS[role] | {f"Task of the {role} 1"}
    assert {row.button for row in rows} == BUTTONS[role]


@pytest.mark.parametrize("role", list(WAITS))
def test_the_home_page_costs_the_same_for_one_and_for_three(request, client, site, day, role):
    client.force_login(request.getfixturevalue(role))
    client.get(reverse("journey:home"))
    costs = []
    for more in (0, 2):
        for _ in range(more):
            day.add()
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(reverse("journey:home"))
        costs.append(len(queries))
    assert f"Task of the {role} 3" in answer.content.decode()
    assert costs[0] == costs[1]


def test_what_is_urgent_comes_first(client, site, day, nurse):
    Infusion.objects.filter(appointment__site=site).update(state="checked_in")
    rows = todos(nurse, site)
    assert rows[0].title == "Maya1 Torres: safety alert"
    assert [row.urgent for row in rows] == sorted((row.urgent for row in rows), reverse=True)
    client.force_login(nurse)
    page = client.get(reverse("journey:home")).content.decode()
    assert page.index("safety alert") < page.index("Task of the nurse 1")


def test_an_infusion_of_today_tells_the_nurse_the_words_for_the_chair(site, day, nurse, therapist):
    session = TherapySession.objects.get(therapist=therapist)
    cards.share_intentions(session_id=session.pk, words="To feel\nless braced", by=therapist)
    row = next(row for row in todos(nurse, site) if row.title == "Maya1 Torres")
    assert row.sub.endswith("· “To feel less braced”")


def test_a_visit_that_is_late_says_by_how_much(site, day, front_desk):
    with clock.at(build.moment(site, "2027-02-02", "09:25")):
        arrival = next(row for row in todos(front_desk, site) if row.title == "Maya1 Torres arrives")
    assert (arrival.tone, arrival.sub[-11:]) == ("warn", "25 min late")


def test_a_second_signature_is_not_asked_of_the_first_signer(site, day):
    signer = Order.objects.get().signed_by
    assert not any("Second signature" in row.title for row in todos(signer, site))


def test_a_note_of_an_earlier_day_waits_as_not_signed(site, day, therapist):
    with clock.at(build.moment(site, "2027-02-04")):
        row = next(row for row in todos(therapist, site) if row.title == "Maya1 Torres")
    assert (row.sub, row.button, row.tone) == ("Midpoint session, note not signed", "Write and sign", "warn")


def test_another_therapists_sessions_are_not_mine(site, day):
    other = build.user(Role.THERAPIST, at=site)
    assert {row.title for row in todos(other, site)} == {"Maya1 Torres: safety alert", "Task of the therapist 1"}


def test_a_stranger_finds_nothing_of_this_site(client, day, stranger):
    client.force_login(stranger)
    page = client.get(reverse("journey:home")).content.decode()
    assert "Torres" not in page
    assert "Nothing waits for you" in page


@pytest.mark.parametrize(("hour", "greeting"), [("08:00", "morning"), ("12:00", "afternoon"), ("18:00", "evening")])
def test_the_greeting_goes_by_the_wall_clock_of_the_site(client, site, nurse, hour, greeting):
    client.force_login(nurse)
    with clock.at(build.moment(site, "2027-02-02", hour)):
        assert f"Good {greeting}" in client.get(reverse("journey:home")).content.decode()
