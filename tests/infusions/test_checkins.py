"""The day after an infusion: asked once, kept as it comes, and nobody silent is forgotten."""

import re
from datetime import timedelta

import pytest

from clinic import clock
from clinic.errors import Invalid, NotFound, NotPermitted, Refused
from infusions import checkin_rules, checkins
from infusions.forms.checkin import CheckInForm
from infusions.models import CheckIn, Infusion
from patients import alerts, giving, links, registration
from patients.models import PatientLink, SafetyAlert
from reminders import dispatch, kinds
from reminders.models import FollowUp, Message
from tests import build
from tests.infusions import making
from tests.patients.linking import open_door

WELL = {"mood": 7, "effects": [], "sleep": 0, "bladder": False, "thoughts": 0}


@pytest.fixture
def given(patient, provider, nurse, other_nurse) -> Infusion:
    """Given from 09:12 to 09:52 on Friday 5 February."""
    series = making.loading(patient, provider)
    infusion = making.infusion(series, 1, "2027-02-05")
    vial = making.vial(patient.site, nurse)
    return making.give(infusion, making.order(series, provider), vial, nurse=nurse, checker=other_nurse)


def at(patient, day: str, hour: str):
    return clock.at(build.moment(patient.site, day, hour))


@pytest.fixture
def checkin(given, patient) -> CheckIn:
    with at(patient, "2027-02-05", "11:00"):
        return checkins.plan(given, left_at=clock.now())


@pytest.fixture
def link(patient, checkin) -> PatientLink:
    with at(patient, "2027-02-06", "09:52"):
        links.make(patient_id=patient.pk, purpose="visits", by=None)
    return PatientLink.objects.select_related("patient__site").get(purpose="visits")


def answer(link, checkin, day="2027-02-06", hour="10:05", **typed):
    with at(link.patient, day, hour):
        return checkins.answer(link=link, checkin_id=checkin.pk, typed=typed, language="en")


def test_discharge_plans_tonight_and_tomorrow_once(checkin, given, patient):
    checkins.plan(given, left_at=build.moment(patient.site, "2027-02-05", "11:00"))
    local = patient.site.local
    planned = {one.kind: local(one.due_at) for one in Message.objects.all()}
    assert {kind: f"{due:%d %H:%M}" for kind, due in planned.items()} == {
        "evening_note": "05 18:00",
        "checkin_24h": "06 09:52",
    }
    assert f"{local(checkin.silent_at):%d %H:%M}" == "06 15:52"


def test_who_leaves_late_has_the_word_an_hour_later_and_nothing_in_the_night(given, patient):
    with at(patient, "2027-02-05", "20:15"):
        checkins.plan(given, left_at=clock.now())
    assert [one.kind for one in Message.objects.all()] == ["checkin_24h"]


def test_whole_answers_are_kept_once_and_the_letter_is_taken_back(link, checkin):
    outcome = answer(link, checkin, **WELL)
    assert (outcome.is_crisis, dict(outcome.missing)) == (False, {})
    again = answer(link, checkin, hour="10:06", **WELL | {"mood": 1})
    assert (again.checkin.state, again.checkin.mood, again.checkin.bother) == ("answered", 7, 0)
    assert again.checkin.given_by == "the patient, by link"
    assert Message.objects.get(kind="checkin_24h").state == "void"
    assert not FollowUp.objects.exists()


def test_what_is_there_is_kept_while_the_rest_is_open(link, checkin):
    outcome = answer(link, checkin, mood=6, sleep=1)
    assert set(outcome.missing) == {"effects", "bother", "bladder", "thoughts"}
    checkin.refresh_from_db()
    assert (checkin.state, checkin.mood, checkin.sleep) == ("open", 6, 1)


@pytest.mark.parametrize(("thoughts", "grade"), [(1, "unscreened"), (2, "high")])
def test_thoughts_of_suicide_call_for_somebody_at_once_though_nothing_else_is_answered(link, checkin, thoughts, grade):
    """At 21:40, in the quiet hours (J3)."""
    outcome = answer(link, checkin, hour="21:40", thoughts=thoughts)
    assert outcome.is_crisis
    alert = SafetyAlert.objects.get()
    assert (alert.grade, outcome.checkin.alert) == (grade, alert)
    assert not answer(link, checkin, hour="21:41", thoughts=thoughts).is_crisis  # a second press
    assert SafetyAlert.objects.count() == 1


def test_thoughts_that_are_told_after_all_are_never_lost(link, checkin):
    answer(link, checkin, **WELL)
    outcome = answer(link, checkin, hour="11:00", **WELL | {"thoughts": 2, "mood": 1})
    assert (outcome.is_crisis, outcome.checkin.thoughts, outcome.checkin.mood) == (True, 2, 7)
    assert SafetyAlert.objects.get().grade == "high"


def test_after_such_thoughts_the_screener_is_asked_by_the_same_link_and_grades_the_alert(link, checkin):
    with at(link.patient, "2027-02-06", "10:05"):
        checkins.answer(link=link, checkin_id=checkin.pk, typed=WELL | {"thoughts": 1}, language="en")
        assert [part.instrument for part in giving.parts(link, "en")] == ["cssrs"]
        for number, value in ((1, 1), (2, 0), (6, 0)):
            giving.answer(link=link, instrument="cssrs", number=number, value=value, language="en")
    alert = SafetyAlert.objects.get()
    assert (alert.grade, alert.screen.instrument) == ("low", "cssrs")


def test_another_patients_link_finds_no_questions(link, checkin, site):
    with at(link.patient, "2027-02-06", "09:00"):
        links.make(patient_id=build.patient(site).pk, purpose="visits", by=None)
    other = PatientLink.objects.select_related("patient__site").exclude(patient=link.patient).get()
    with pytest.raises(NotFound):
        answer(other, checkin, **WELL)


def test_answers_that_worry_are_read_by_a_nurse(link, checkin):
    answer(link, checkin, **WELL | {"bladder": True})
    task = FollowUp.objects.get(kind="checkin_read")
    assert (task.owner_role, task.link) == ("nurse", f"/infusions/check-ins/{checkin.pk}/")


@pytest.mark.parametrize(
    ("changed", "calls"),
    [({}, False), ({"mood": 2}, True), ({"bother": 2}, True), ({"sleep": 3}, True), ({"bladder": True}, True)],
)
def test_each_of_them_alone_calls_for_a_look(changed, calls):
    assert checkin_rules.calls_for_a_look({**WELL, "bother": 0, **changed}) is calls


def test_silent_at_30_hours_a_nurse_calls_and_the_answer_closes_it(link, checkin, patient):
    with at(patient, "2027-02-06", "15:51"):
        assert checkins.look() == 0
    with at(patient, "2027-02-06", "15:52"):
        assert checkins.look() == 1
        assert checkins.look() == 0
    task = FollowUp.objects.get(kind="checkin_call")
    assert (task.owner_role, task.patient) == ("nurse", patient)
    well = [said for said in kinds.of(task.kind).choices() if said.startswith("Reached")]
    assert well == []  # whoever is reached is asked, and not only found to be well
    answer(link, checkin, hour="17:00", **WELL)
    task.refresh_from_db()
    assert task.state == "done"
    assert checkins.look() == 0


def test_a_nurse_writes_down_what_she_heard(checkin, patient, nurse, front_desk, stranger):
    with at(patient, "2027-02-06", "16:00"):
        checkins.look()
        for other, refused in ((front_desk, NotPermitted), (stranger, NotFound)):
            with pytest.raises(refused):
                checkins.record_call(checkin_id=checkin.pk, typed=WELL, by=other)
        with pytest.raises(Invalid):
            checkins.record_call(checkin_id=checkin.pk, typed={"mood": 5}, by=nurse)
        kept = checkins.record_call(checkin_id=checkin.pk, typed=WELL | {"thoughts": 1}, by=nurse)
        with pytest.raises(Refused):
            checkins.record_call(checkin_id=checkin.pk, typed=WELL, by=nurse)
    assert kept.given_by == f"on the phone, {nurse.full_name}"
    assert alerts.open_alerts(patient).get() == kept.alert
    assert FollowUp.objects.get(kind="checkin_call").state == "done"


def test_the_page_shows_it_to_clinicians_and_takes_the_call(checkin, patient, nurse, client):
    client.force_login(nurse)
    with at(patient, "2027-02-06", "16:00"):
        page = client.get(f"/infusions/check-ins/{checkin.pk}/")
        assert "How is your mood right now?" in page.content.decode()
        half = client.post(page.request["PATH_INFO"], {"mood": "4"})
        assert (half.status_code, "Choose how the night was." in half.content.decode()) == (422, True)
        typed = {"mood": "4", "effects": ["none"], "sleep": "1", "bladder": "no", "thoughts": "0"}
        done = client.post(page.request["PATH_INFO"], typed, follow=True)
        assert "on the phone, Adaeze Okafor" in done.content.decode()
        chart = client.get(f"/chart/{patient.pk}/timeline/")
    assert "Mood 4 of 10, slept so-so." in chart.content.decode()


def test_the_form_takes_none_of_these_as_no_effects_and_nothing_as_nothing():
    assert CheckInForm({"effects": ["none"]}).typed()["effects"] == []
    assert CheckInForm({"effects": ["none", "tired"]}).typed()["effects"] == ["tired"]
    assert CheckInForm({"mood": "99"}).typed() == {
        "mood": None, "bother": None, "sleep": None, "thoughts": None, "effects": None, "bladder": None,
        "effects_words": "",
    }  # fmt: skip


def test_questions_are_over_after_their_days(link, checkin):
    assert timedelta(days=3) < checkin.closes_at - checkin.due_at
    with pytest.raises(links.Told):
        answer(link, checkin, day="2027-02-12", **WELL)


def test_the_letter_of_the_day_after_leads_to_its_questions(checkin, patient, nurse, sink, client):
    patient.email = "maya@example.org"
    patient.save()
    registration.agree_to_contact(patient_id=patient.pk, channel="email", by=nurse)
    with at(patient, "2027-02-06", "10:00"):
        dispatch.dispatch_due()
        [letter] = sink.letters
        address = re.search(r"https?://[^/]+(/p/\S+)", letter.get_content())
        page = open_door(client, address[1], patient)
        assert "How are you today?" in page.content.decode()
    assert Message.objects.get(kind="checkin_24h").state == "sent"
