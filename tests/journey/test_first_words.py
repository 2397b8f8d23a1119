"""What is said when a series is booked, and what is said later about what is not: true when it is read."""

from datetime import timedelta

import pytest

from clinic import clock
from infusions import booster_words
from infusions import series as infusion_series
from infusions.models import Series
from journey import first_words
from reminders import followups, kinds, wordings
from reminders.models import FollowUp, Message
from tests import build
from tests.infusions import making
from therapy import booking_words
from visits import booking, changes, undoing
from visits.places import Wanted

pytestmark = pytest.mark.django_db
DAYS = ("2027-02-09", "2027-02-12")


@pytest.fixture
def series(site, patient, front_desk, nurse, other_nurse):
    made = making.loading(patient, front_desk)
    wanted = [Wanted("infusion", build.moment(site, day)) for day in DAYS]
    visits = booking.book_all(patient=patient, site=site, wanted=wanted, by=front_desk)
    for number, visit in enumerate(visits, start=1):
        infusion_series.add_infusion(series=made, appointment=visit, number=number, by=front_desk)
    first_words.tell(made, visits)
    return made


def visit_of(series, number):
    return series.infusions.get(number=number).appointment


def dates():
    return wordings.letter(Message.objects.get(kind="visits_booked")).body.split("\n\n")[2].splitlines()


def cancel(visit, by):
    changes.cancel(appointment_id=visit.pk, party="patient", reason="A cold", by=by)


def test_every_date_and_how_to_prepare_are_said_now(series):
    said = Message.objects.filter(subject_kind="series", due_at__lte=clock.now()).order_by("kind")
    assert [one.kind for one in said] == ["instructions", "visits_booked"]
    assert dates() == ["- Tuesday, February 9, 9:00 AM", "- Friday, February 12, 9:00 AM"]


def test_the_dates_are_said_in_the_language_of_the_patient(series, patient):
    patient.language = "es"
    patient.save()
    assert dates() == ["- martes 9 de febrero, 9:00 AM", "- viernes 12 de febrero, 9:00 AM"]


def test_a_date_that_is_moved_before_the_letter_went_out_is_said_as_it_is(series, front_desk):
    visit = visit_of(series, 2)
    changes.move(appointment_id=visit.pk, starts_at=visit.starts_at + timedelta(days=3), by=front_desk)
    assert dates() == ["- Tuesday, February 9, 9:00 AM", "- Monday, February 15, 9:00 AM"]
    undoing.undo(appointment_id=visit.pk, by=front_desk)
    assert dates() == ["- Tuesday, February 9, 9:00 AM", "- Friday, February 12, 9:00 AM"]


def test_a_date_that_is_called_off_is_not_said(series, front_desk):
    cancel(visit_of(series, 1), front_desk)
    assert dates() == ["- Friday, February 12, 9:00 AM"]
    assert Message.objects.get(kind="visits_booked").expires_at == visit_of(series, 1).starts_at


def test_where_no_date_is_left_nothing_is_said_until_that_is_undone(series, front_desk):
    visits = [visit_of(series, number) for number in (1, 2)]
    for visit in visits:
        cancel(visit, front_desk)
    assert set(Message.objects.values_list("state", flat=True)) == {Message.State.VOID}
    undoing.undo(appointment_id=visits[1].pk, by=front_desk)
    assert dates() == ["- Friday, February 12, 9:00 AM"]
    assert Message.objects.get(kind="instructions").state == Message.State.PLANNED


def test_what_went_out_is_not_said_again(series, front_desk):
    Message.objects.filter(kind="visits_booked").update(state=Message.State.SENT, sent_at=clock.now())
    cancel(visit_of(series, 1), front_desk)
    assert len(dates()) == 2


# To be booked


def test_a_booster_is_asked_for_14_days_before_and_once(series, site):
    due = build.moment(site, "2027-05-07").date()
    for _ in range(2):
        booster_words.keep(series, due)
    message = Message.objects.get(kind="booster_due")
    assert message.due_at == build.moment(site, "2027-04-23", "10:00")


def test_another_day_takes_back_the_first_and_none_takes_back_all(series, site):
    for day in ("2027-05-07", "2027-05-21", None, "2027-05-21"):
        booster_words.keep(series, build.moment(site, day).date() if day else None)
    said = dict(Message.objects.filter(kind="booster_due").values_list("occurrence", "state"))
    assert said == {"2027-05-07": Message.State.VOID, "2027-05-21": Message.State.PLANNED}


def test_a_booster_that_is_due_soon_is_asked_for_in_the_morning(series, site):
    today = site.local(clock.now()).date()
    booster_words.keep(series, today + timedelta(days=3))
    assert site.local(Message.objects.get(kind="booster_due").due_at).date() == today + timedelta(days=1)


@pytest.fixture
def over(series, site):
    Series.objects.filter(pk=series.pk).update(state=Series.State.COMPLETED, ended_at=build.moment(site, "2027-02-19"))
    kinds.of(booking_words.TASK)  # which raises for a kind that nobody knows
    followups.open_task(
        kind=booking_words.TASK,
        site=site,
        title="Book it",
        subject_kind="series",
        subject_id=series.pk,
        due_at=clock.now(),
        patient=series.patient,
    )
    return series


def test_a_closing_session_is_asked_for_the_morning_after_while_its_task_is_open(over, site):
    for _ in range(2):
        booking_words.look(site)
    message = Message.objects.get(kind="integration_due")
    assert (message.due_at, message.expires_at) == (
        build.moment(site, "2027-02-20", "10:00"),
        build.moment(site, "2027-02-26", "10:00"),
    )
    FollowUp.objects.update(state="done", ended_at=clock.now(), outcome="Booked")
    booking_words.look(site)
    message.refresh_from_db()
    assert message.state == Message.State.VOID


def test_a_closing_session_of_a_series_that_runs_is_asked_for_by_nobody(over, site):
    Series.objects.update(state=Series.State.ACTIVE, ended_at=None)
    booking_words.look(site)
    assert not Message.objects.filter(kind="integration_due").exists()
