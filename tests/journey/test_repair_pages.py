"""Repairing a series on its page: what is shown, what is carried out, who may, and what is said before a loss."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic import clock
from clinic.models import Shift
from infusions.models import GapDecision, Infusion
from journey import repair
from journey.series import book_series
from reminders.models import FollowUp
from tests import build
from tests.infusions import making
from visits import booking, changes, preview, undoing
from visits.models import Appointment, Repair
from visits.planner import Proposal, Slot

DAYS = ("02-02", "02-05", "02-09", "02-12", "02-16", "02-19")


@pytest.fixture(autouse=True)
def in_february(site):
    with clock.at(build.moment(site, "2027-02-01", "10:40")):
        yield


@pytest.fixture
def series(site, patient, nurse, therapist, provider, front_desk):
    making.evaluation(patient, provider)
    drug, talk = site.rooms.get(name="Room 1"), site.rooms.get(kind="therapy")

    def slot(kind, day):
        start = build.moment(site, f"2027-{day}")
        return Slot(kind, start, start, *((drug, nurse) if kind == "infusion" else (talk, therapist)))

    infusions = [slot("infusion", day) for day in DAYS]
    around = [slot("preparation", "01-28"), slot("midpoint", "02-10"), slot("integration", "02-22")]
    with clock.at(build.moment(site, "2027-01-20")):
        return book_series(patient=patient, site=site, proposal=Proposal(infusions, *around, [], 0.0), by=front_desk)


def visit(series, day="02-09", kind="infusion"):
    start = build.moment(series.site, f"2027-{day}")
    return Appointment.objects.get(patient=series.patient, kind=kind, starts_at=start)


@pytest.fixture
def lost(series, front_desk):
    """The third infusion is called off a week before."""
    changes.cancel(appointment_id=visit(series).pk, party="patient", reason="A cold", by=front_desk)
    return series


def page(series):
    return reverse("journey:repair-series", args=[series.pk])


def text(answer):
    return answer.content.decode().replace("\u00a0", " ")


def test_one_click_books_what_is_missing_and_one_more_takes_it_back(client, front_desk, lost):
    client.force_login(front_desk)
    shown = client.get(page(lost))
    assert "New visit" in text(shown)
    assert "New time" in text(shown)  # the integration follows the new last infusion
    done = client.post(page(lost), {"seen": shown.context["seen"]}, follow=True)
    assert "Undo the repair" in text(done)
    numbers = Infusion.objects.filter(series=lost, number__isnull=False)
    assert numbers.count() == 6
    assert f"{lost.site.local(numbers.get(number=6).appointment.starts_at):%m-%d %H:%M}" == "02-23 09:00"
    assert not FollowUp.objects.filter(kind="repair_series", state="open").exists()
    made = Repair.objects.get()
    client.post(reverse("journey:repair-undo", args=[made.pk]))
    assert Infusion.objects.filter(series=lost, number__isnull=False).count() == 5
    assert FollowUp.objects.filter(kind="repair_series", state="open").exists()
    assert visit(lost, "02-22", "integration").status == "booked"
    again = client.get(page(lost))
    assert "New visit" in text(again)


def test_a_wish_for_another_day_is_met(client, front_desk, lost):
    client.force_login(front_desk)
    wish = {"day": "2027-02-24", "at": "11:00"}
    shown = client.get(page(lost), wish)
    client.post(page(lost), {"seen": shown.context["seen"]} | wish)
    last = Infusion.objects.get(series=lost, number=6).appointment
    assert f"{lost.site.local(last.starts_at):%m-%d %H:%M}" == "02-24 11:00"


def test_a_plan_that_has_changed_is_shown_anew(client, front_desk, lost):
    client.force_login(front_desk)
    answer = client.post(page(lost), {"seen": "another plan"})
    assert answer.status_code == 409
    assert "Look at the new plan" in text(answer)
    assert not Repair.objects.exists()


def test_a_series_in_order_needs_nothing(client, front_desk, series):
    client.force_login(front_desk)
    assert "The series is in order" in text(client.get(page(series)))


def test_a_lost_session_is_booked_anew_with_its_therapist(client, front_desk, series, therapist):
    changes.cancel(appointment_id=visit(series, "02-10", "midpoint").pk, party="clinic", reason="Ill", by=front_desk)
    client.force_login(front_desk)
    shown = client.get(page(series))
    client.post(page(series), {"seen": shown.context["seen"]})
    held = series.therapy_sessions.get(kind="midpoint", state="planned")
    assert held.therapist == therapist
    day = f"{series.site.local(held.appointment.starts_at):%m-%d}"
    assert "02-09" < day < "02-16"


@pytest.mark.parametrize(("who", "status"), [("insurance_admin", 403), ("stranger", 404)])
def test_others_see_no_repair(request, client, lost, who, status):
    client.force_login(request.getfixturevalue(who))
    assert client.get(page(lost)).status_code == status


def test_only_a_provider_decides(client, front_desk, provider, lost):
    address = reverse("journey:gap-decision", args=[lost.pk])
    typed = {"kind": "extended", "gap_days": "18", "span_days": "35", "reason": "She goes on"}
    client.force_login(front_desk)
    assert client.post(address, typed).status_code == 403
    client.force_login(provider)
    assert client.post(address, typed | {"reason": ""}).status_code == 422
    client.post(address, typed)
    assert GapDecision.objects.get().span_days == 35


def test_what_a_no_show_means_is_said_before(series):
    found = visit(series)
    with clock.at(build.moment(series.site, "2027-02-09", "09:11")):
        words = " ".join(sentence for _, sentence in preview.of_no_show(found))
    assert "Infusions 4 to 6 become 3 to 5; one more has to be booked at the end" in words
    assert "units and the estimate stay" in words
    assert "A call to the patient" in words


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("02-08", "The gaps and windows of the series are kept"),
        ("02-11", "Only 24 hours between infusions 3 and 4; at least 48 are needed. A provider decides."),
        ("02-15", "It becomes infusion 4 instead of 3"),
    ],
)
def test_what_a_move_means_is_said_before(series, day, words):
    start = build.moment(series.site, f"2027-{day}")
    assert words in " ".join(sentence for _, sentence in preview.of_moving(visit(series), start))


def test_saying_it_takes_few_questions(series, django_assert_max_num_queries):
    found = visit(series)
    with django_assert_max_num_queries(14):
        preview.of_cancelling(found)


def test_a_day_that_the_patient_called_off_is_not_proposed_again(series, front_desk):
    changes.cancel(appointment_id=visit(series, "02-19").pk, party="patient", reason="Away", by=front_desk)
    (line,) = [line for line in repair.plan(series).lines if line.what == "book"]
    assert f"{series.site.local(line.starts_at):%m-%d}" == "02-18"  # the nearest day beside the template's own


def _attends(visit):
    """How many lanes of their nurse a visit takes at its start."""
    return visit.holds.filter(active=True, staff__isnull=False, phase="attending").count()


@pytest.fixture
def shared(series, site, nurse, front_desk):
    """At the hour of the second infusion somebody else is watched by the only nurse there."""
    Shift.objects.exclude(user=nurse).filter(user__memberships__role="nurse").delete()
    other = build.patient(site, given_name="Robin")
    return booking.book(patient=other, site=site, kind="infusion", by=front_desk, staff=nurse, room=site.rooms.get(
        name="Room 2"), starts_at=build.moment(site, "2027-02-05", "09:30"))  # fmt: skip


def test_the_second_becomes_the_first_ever_and_takes_the_whole_nurse(series, front_desk):
    second = visit(series, "02-05")
    before, whole = _attends(second), _attends(visit(series, "02-02"))
    with clock.at(build.moment(series.site, "2027-02-02", "09:15")):
        missed = visit(series, "02-02").pk
        with CaptureQueriesContext(connection) as asked:
            changes.no_show(appointment_id=missed, by=front_desk)
        of_second = [one["sql"] for one in asked if "FOR UPDATE" in one["sql"] and f"= '{second.pk}'" in one["sql"]]
        assert "SKIP LOCKED" in of_second[0], "it waits for no second visit's row while it holds the first"
        second.refresh_from_db()
        assert (second.infusion.number, second.status) == (1, "booked")
        assert _attends(second) > before
        assert not [one for one in repair.plan(series).concerns if one.code[0] == "first_ever"]
        # And when they come after all, both visits hold what they held before
        undoing.undo(appointment_id=missed, by=front_desk)
        assert (_attends(visit(series, "02-02")), _attends(second)) == (whole, before)


def test_where_no_nurse_is_free_for_that_the_repair_warns(series, shared, front_desk):
    second = visit(series, "02-05")
    before = _attends(second)
    changes.cancel(appointment_id=visit(series, "02-02").pk, party="patient", reason="A cold", by=front_desk)
    assert _attends(second) == before
    (concern,) = [one for one in repair.plan(series).concerns if one.code[0] == "first_ever"]
    assert "is the first ever by now" in concern.sentence


def test_a_provider_extends_on_the_page(client, series, provider, front_desk):
    client.force_login(provider)
    assert "Extend the series" in text(client.get(page(series)))
    path = reverse("journey:extend-series", args=[series.pk])
    answer = client.post(path, {"planned_count": "7", "reason": ""})
    assert (answer.status_code, "Write why." in text(answer)) == (422, True)
    assert client.post(path, {"planned_count": "7", "reason": "Gaining"}).status_code == 302
    assert "From 6 to 7 infusions. Gaining" in text(client.get(page(series)))
    client.force_login(front_desk)
    assert page(series) in text(client.get(reverse("journey:chart", args=[series.patient_id])))
    assert "Extend the series" not in text(client.get(page(series)))
