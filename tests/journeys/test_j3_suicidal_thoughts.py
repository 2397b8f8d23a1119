"""J3 of the protocol: suicidal thoughts before infusion 2, on a Friday night by link, and with a silent item 9."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from psycopg2.extras import DateTimeTZRange

from clinic import clock
from clinic.errors import NotReady, Refused
from clinic.models import OnCallTurn
from infusions import readiness, run
from patients import alert_contacts, alerts, links, measures, safety_plans
from patients.models import SafetyAlert, SafetyPlan
from reminders import paging
from reminders.models import FollowUp, StaffPage
from tests import build
from tests.infusions import making
from tests.infusions.day import Day
from tests.journeys.safety import second_ready
from visits import changes, undoing

pytestmark = pytest.mark.django_db
SECRET = ("suicid", "safety", "alert", "c-ssrs", "phq", "risk", "thought")


@pytest.fixture
def day(site, patient, nurse, other_nurse, provider):
    """Friday 5 February, the day of infusion 2."""
    return Day(site, patient, nurse, other_nurse, provider, day="2027-02-05")


@pytest.fixture
def second(day):
    return second_ready(day)


@pytest.fixture
def alert(day, second):
    """PHQ-9 of 19 with item 9 = 2; the screener since last contact: Q1, Q2, Q3 yes."""
    with day.clock("08:31"):
        build.phq9(day.patient, 19, by=day.nurse, timepoint="pre_infusion", item9=2)
    with day.clock("08:33"):
        build.cssrs(day.patient, 1, 1, 1, 0, 0, 0, by=day.nurse, timepoint="pre_infusion")
    return SafetyAlert.objects.get()


def _due(alert, state="open"):
    rows = alert.contacts.filter(state=state).order_by("due_at", "kind")
    return [(one.kind, f"{alert.patient.site.local(one.due_at):%m-%d %H:%M}") for one in rows]


def _contact(alert, kind):
    return alert.contacts.get(kind=kind, state="open").pk


def test_the_start_is_disabled_until_a_provider_clears(day, second, alert):
    light = next(light for light in readiness.lights(second) if light.key == "safety")
    assert (alert.grade, light.state) == ("moderate", "stop")
    with day.clock("08:50"):
        with pytest.raises(NotReady, match="safety alert is open"):
            run.clear(infusion_id=second.pk, by=day.nurse)
        with pytest.raises(Refused):
            run.override(infusion_id=second.pk, light="safety", reason="She feels fine", by=day.provider)
        alerts.clear_for_infusion(alert_id=alert.pk, note="Thoughts, no intent, no plan; wife home.", by=day.provider)
        run.clear(infusion_id=second.pk, by=day.nurse)
    second.refresh_from_db()
    assert (second.state, alerts.open_alerts(day.patient).count()) == ("cleared", 1)


def test_moderate_asks_for_assessment_plan_and_three_calls_and_ends_when_all_are_made(day, alert):
    calls = [("call_72h", "02-08 08:33"), ("week_1", "02-15 08:33"), ("week_2", "02-22 08:33")]
    assert _due(alert) == [("assessment", "02-05 23:59"), ("plan", "02-05 23:59"), *calls]
    with day.clock("08:50"):
        alerts.clear_for_infusion(alert_id=alert.pk, note="Thoughts, no intent.", by=day.provider)
    with day.clock("09:30"):
        plan = safety_plans.begin(patient_id=day.patient.pk, by=day.nurse)
        steps = dict.fromkeys(SafetyPlan.STEPS, "Walk to the pier with Luis")
        kept = safety_plans.save(
            plan_id=plan.pk, saved=0, steps=steps, made_how="in_person", language="en", by=day.nurse
        )
        safety_plans.sign(plan_id=kept.pk, by=day.nurse)
    assert _due(alert) == calls
    with clock.at(build.moment(day.site, "2027-02-08", "08:20")):
        alert_contacts.record(contact_id=_contact(alert, "call_72h"), reached=True, words="Better.", by=day.nurse)
        with pytest.raises(Refused, match="First weekly call; Second weekly call"):
            alerts.close(alert_id=alert.pk, outcome="Better.", by=day.provider)
    for kind, on in (("week_1", "2027-02-15"), ("week_2", "2027-02-22")):
        with clock.at(build.moment(day.site, on, "08:00")):
            alert_contacts.record(contact_id=_contact(alert, kind), reached=True, words="Well.", by=day.nurse)
    with clock.at(build.moment(day.site, "2027-02-22", "08:10")):
        assert alerts.close(alert_id=alert.pk, outcome="Three calls, all well.", by=day.provider).closed_by
    assert not FollowUp.objects.filter(kind="alert_contact", state="open").exists()


def test_who_does_not_come_while_it_is_open_is_called_twice_and_then_looked_for(day, alert):
    visit = making.infusion(day.patient.series.get(), 3, "2027-02-09").appointment
    with clock.at(build.moment(day.site, "2027-02-09", "09:15")):
        changes.no_show(appointment_id=visit.pk, by=day.nurse)
        assert FollowUp.objects.filter(kind="safety_call").count() == 0
        for words in ("Voicemail.", "No answer."):
            alert_contacts.record(contact_id=_contact(alert, "missed"), reached=False, words=words, by=day.nurse)
    assert ("emergency", "02-09 23:59") in _due(alert)


@pytest.mark.parametrize(("called_already", "asked"), [(False, False), (True, True)])
def test_a_no_show_that_is_taken_back_takes_its_call_back_unless_somebody_has_tried(day, alert, called_already, asked):
    visit = making.infusion(day.patient.series.get(), 3, "2027-02-09").appointment
    with clock.at(build.moment(day.site, "2027-02-09", "09:15")):
        changes.no_show(appointment_id=visit.pk, by=day.nurse)
        if called_already:
            alert_contacts.record(contact_id=_contact(alert, "missed"), reached=False, words="Voicemail.", by=day.nurse)
        undoing.undo(appointment_id=visit.pk, by=day.nurse)
    assert alert.contacts.filter(kind="missed", state="open").exists() is asked


@pytest.fixture
def friday_night(day, provider, therapist, front_desk):
    """Dr Hale is on call this night, the therapist is the backup."""
    night = DateTimeTZRange(day.at("18:00"), day.at("18:00") + timedelta(hours=14))
    OnCallTurn.objects.create(site=day.site, user=provider, tier="first", during=night)
    OnCallTurn.objects.create(site=day.site, user=therapist, tier="backup", during=night)
    return day


@pytest.fixture
def by_link(friday_night):
    """Friday, 21:40, at home: item 9 = 3, and then Q4 yes."""
    day = friday_night
    with day.clock("12:00"):
        path = links.make(patient_id=day.patient.pk, purpose="measures", by=day.nurse)
    link = links.find(path.strip("/").split("/")[-1])
    with day.clock("21:40"):
        for instrument, items in {"phq9": [2, 2, 2, 2, 2, 2, 2, 2, 3], "cssrs": [1, 1, 1, 1, 0, 0]}.items():
            measures.record(
                patient_id=day.patient.pk, instrument=instrument, items=items, timepoint="follow_up",
                observed_at=clock.now(), by=None, link=link,
            )  # fmt: skip
    return SafetyAlert.objects.get()


def _pages():
    rows = StaffPage.objects.order_by("due_at", "recipient__full_name").select_related("recipient", "site")
    return [(f"{one.site.local(one.due_at):%H:%M}", one.recipient.full_name, one.tier) for one in rows]


def test_on_a_friday_night_the_one_on_call_is_paged_then_the_backup_and_contact_is_due_within_a_day(
    day, by_link, provider, mailoutbox
):
    assert (by_link.grade, day.site.local(by_link.acknowledge_by).strftime("%H:%M")) == ("high", "21:55")
    for at in ("21:40", "21:50", "21:55", "21:56", "22:10"):
        with day.clock(at):
            paging.run()
    both = [("Dr Miriam Hale", "first"), ("Nadia Amir", "backup")]
    assert _pages() == [
        ("21:40", *both[0]),
        *(("21:55", *one) for one in both),
        *(("22:10", *one) for one in both),
    ]
    assert len(mailoutbox) == 5
    with day.clock("22:12"):
        alerts.acknowledge(alert_id=by_link.pk, by=provider)
    with day.clock("22:30"):
        assert paging.run().escalated == 0
    assert _due(by_link) == [("provider_now", "02-05 21:55"), ("after_leaving", "02-06 21:40")]


def _main(answer):
    page = answer.content.decode().lower()
    return page[page.index("<main") : page.index("</main>")]


def test_front_desk_sees_a_clinical_hold_and_nothing_more(day, by_link, front_desk, client):
    client.force_login(front_desk)
    with day.clock("22:00"):
        said = _main(client.get(reverse("journey:chart", args=[day.patient.pk])))
        assert "clinical hold" in said
        said += client.get(reverse("journey:chart-timeline", args=[day.patient.pk])).content.decode().lower()
        said += _main(client.get(reverse("reminders:tasks"))) + _main(client.get(reverse("journey:home")))
        closed = [client.get(reverse("patients:alert", args=[by_link.pk])), client.get(reverse("patients:alert-strip"))]
    assert [word for word in SECRET if word in said] == []
    assert [answer.status_code for answer in closed] == [403, 403]


def test_an_item_nine_of_zero_with_a_yes_to_the_second_question_is_an_alert_all_the_same(day, second):
    with day.clock("08:31"):
        build.phq9(day.patient, 19, by=day.nurse, timepoint="pre_infusion")
        build.cssrs(day.patient, 0, 1, 0, 0, 0, 0, by=day.nurse, timepoint="pre_infusion")
    assert SafetyAlert.objects.get().grade == "low"
    assert "safety alert is open" in " ".join(readiness.unmet(second))
    assert StaffPage.objects.count() == 1
