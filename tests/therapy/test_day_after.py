"""What a therapist meets when things did not go by the plan: a late note, a missed session, a colleague who left."""

from datetime import timedelta

import pytest
from django.urls import reverse

from clinic import clock
from infusions.models import Series
from patients.models import MeasureResponse
from tests import build
from tests.infusions import making
from therapy import cards, day, notes, sessions, story
from therapy.models import TherapySession
from visits import booking as visit_booking


@pytest.fixture
def opened(client, session, therapist):
    """`opened(day, hour, name, typed)`: a page of the session, as its therapist sees it then."""

    def look(on="2027-01-29", hour="09:00", name="session", typed=None):
        client.force_login(therapist)
        with clock.at(build.moment(session.series.site, on, hour)):
            address = reverse(f"therapy:{name}", args=[session.pk])
            return (client.post(address, typed) if typed else client.get(address)).content.decode()

    return look


def test_risk_questions_written_down_the_day_after_count_for_the_day_of_the_session(opened, session):
    asked = opened(name="risk")
    assert "Write down what was answered then" in asked
    assert 'value="2027-01-28"' in asked
    answers = dict.fromkeys(("item_1", "item_2", "item_6"), "0")
    kept = opened(name="risk", typed={"day": "2027-01-28", "at": "13:40", "timepoint": "session", **answers})
    found = MeasureResponse.objects.get(instrument="cssrs")
    assert f"{session.series.site.local(found.observed_at):%m-%d %H:%M}" == "01-28 13:40"
    assert "negative" in kept
    assert notes.risk_screen(session) == found


def test_what_was_typed_of_a_missed_session_is_still_found(opened, session, draft, therapist):
    sessions.mark_missed(session_id=session.pk, by=therapist)
    shown = opened("2027-01-28", "14:10")
    assert "This session did not take place" in shown
    assert reverse("therapy:note", args=[session.pk, "progress"]) in shown


def test_a_session_is_marked_as_missed_only_once_its_hour_has_come(opened):
    assert "Mark as missed" not in opened("2027-01-28", "12:58")
    assert "Mark as missed" in opened("2027-01-28", "13:02")


def test_what_lacks_for_patients_of_a_therapist_who_left_is_on_the_days_of_the_others(
    site, provider, therapist, other_therapist, front_desk
):
    series = making.loading(build.patient(site), provider)
    for number, on in enumerate(making.J0_DAYS, start=1):
        making.infusion(series, number, on)
    with clock.at(build.moment(site, "2027-01-20")):
        visit_booking.book(
            patient=series.patient, site=site, kind="preparation", staff=other_therapist, by=front_desk,
            starts_at=build.moment(site, "2027-01-27", "13:00"),
        )  # fmt: skip
    assert TherapySession.objects.get().therapist == other_therapist
    assert day.read(therapist, site).lacking == []
    other_therapist.is_active = False
    other_therapist.save(update_fields=["is_active"])
    assert {row.window.kind for row in day.read(therapist, site).lacking} == {"midpoint", "integration"}


def test_at_a_booster_the_page_shows_the_card_that_counts_at_its_chair(session, therapist, provider):
    card = cards.share_intentions(session_id=session.pk, words="The lake", touch="No touch", by=therapist)
    boosters = Series.objects.create(
        patient=session.patient, site=session.series.site, kind="maintenance", follows=session.series,
        opened_by=provider,
    )  # fmt: skip
    later = TherapySession(patient=session.patient, series=boosters, kind="further", therapist=therapist)
    assert cards.panel(later, therapist)["card"] == card


def test_numbers_of_scores_that_would_touch_are_left_out():
    begins = clock.now()
    close = [(begins + timedelta(days=number), 20 - number) for number in range(4)]
    points = story.draw([*close, (begins + timedelta(days=60), 9)], [], 21).points
    assert [point.value for point in points if point.said] == [20, 9]
    assert len(points) == 5


def test_beside_the_free_times_stands_what_is_against_them(client, site, patient, series, therapist):
    making.infusion(series, 1, "2027-02-02")
    client.force_login(therapist)
    address = reverse("therapy:book", args=[patient.pk])
    shown = client.get(address, {"kind": "further", "from": "2027-02-02"}).content.decode()
    assert shown.count("memory and consent are impaired then. A reason is asked for.") == 1


def test_the_page_that_asks_why_says_which_hour_it_is_about(client, site, patient, series, therapist):
    making.infusion(series, 1, "2027-02-02")
    client.force_login(therapist)
    address = reverse("therapy:book", args=[patient.pk])
    place = f"further:{series.pk}:"
    answer = client.post(address, {"place": place, "starts_at": build.moment(site, "2027-02-02", "15:00").isoformat()})
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "Further session, Tue 2 Feb 2027, 15:00" in shown.replace("\u00a0", " ")
    assert "optional" not in shown[shown.index("Further session, Tue") :][:600]
