"""J9 of the protocol: a positive test on the day of infusion 4. Nothing is given, few learn why, care goes on."""

from __future__ import annotations

import pytest
from django.urls import reverse

from clinic import clock
from clinic.errors import NotPermitted, NotReady, Refused
from clinic.policy import Role
from infusions import pregnancy, pump, readiness, run, series, suspension
from infusions.models import Infusion
from insurance import coding_rules
from patients import evaluations
from reminders.models import FollowUp, Message
from tests import build
from tests.journeys import courses
from visits.models import Appointment

pytestmark = pytest.mark.django_db
SECRET = ("pregnan", "hcg", "positive")


@pytest.fixture
def day(site, nurse, other_nurse, provider):
    """Friday 12 February."""
    return courses.young(site, nurse, other_nurse, provider)


@pytest.fixture
def fourth(day, therapist):
    return courses.three_given(day, therapist)


@pytest.fixture
def positive(day, fourth):
    """Tested at 08:35."""
    day.checked_in(fourth, "08:30")
    day.asked("08:31")
    day.vitals(fourth, "08:33")
    day.arrival(fourth, "08:35", pregnancy="positive")
    fourth.refresh_from_db()
    return fourth


def _light(infusion):
    return next(light for light in readiness.lights(infusion) if light.key == "pregnancy")


def test_a_positive_test_stops_before_a_vial_is_opened(day, positive):
    assert (positive.state, _light(positive).state) == ("held", "stop")
    with day.clock("08:40"):
        with pytest.raises(NotReady, match="nothing is drawn"):
            run.clear(infusion_id=positive.pk, by=day.nurse)
        with pytest.raises(Refused, match="No vial was opened"):
            run.draw(infusion_id=positive.pk, vial_label="V-1", by=day.nurse)
        with pytest.raises(Refused, match="can’t be overridden"):
            run.override(infusion_id=positive.pk, light="pregnancy", reason="She is sure", by=day.provider)
    assert not positive.ledger.exists()
    task = FollowUp.objects.get(kind="clinical_hold")
    assert (task.owner_role, task.due_at) == (Role.PROVIDER, day.at("08:35"))


def test_the_repeated_test_is_logged_and_a_negative_one_leaves_it_to_the_provider(day, positive):
    with day.clock("08:42"):
        pregnancy.record_test(infusion_id=positive.pk, result="negative", by=day.other_nurse)
        logged = [(test.result, test.entered_by) for test in positive.pregnancy_tests.all()]
        assert logged == [("positive", day.nurse), ("negative", day.other_nurse)]
        with pytest.raises(NotReady):
            run.clear(infusion_id=positive.pk, by=day.nurse)
        with pytest.raises(NotPermitted):
            run.override(infusion_id=positive.pk, light="pregnancy", reason="Serum negative", by=day.nurse)
        run.override(infusion_id=positive.pk, light="pregnancy", reason="Serum test negative", by=day.provider)
        assert run.clear(infusion_id=positive.pk, by=day.nurse).state == "cleared"


def test_the_provider_suspends_the_series_and_care_goes_on(day, positive):
    with day.clock("08:50"):
        pregnancy.record_test(infusion_id=positive.pk, result="positive", by=day.nurse)
        with pytest.raises(NotPermitted):
            suspension.suspend(infusion_id=positive.pk, by=day.nurse)
        suspension.suspend(infusion_id=positive.pk, by=day.provider)
    course = positive.series
    course.refresh_from_db()
    states = list(course.infusions.order_by("appointment__starts_at").values_list("state", "number"))
    assert states == [
        ("discharged", 1), ("discharged", 2), ("discharged", 3),
        ("not_given", None), ("cancelled", None), ("cancelled", None),
    ]  # fmt: skip
    assert course.state == "suspended"
    assert course.therapy_sessions.get().appointment.is_alive
    tasks = FollowUp.objects.filter(state="open", subject_id=course.pk).order_by("due_at")
    tasks = tasks.exclude(kind="response_warning")  # her score after the third infusion is still 20
    assert [task.kind for task in tasks] == ["referral_due", *(f"weekly_phq9_{week}" for week in range(1, 9))]
    assert tasks[1].due_at == day.at("08:50") + (tasks[2].due_at - tasks[1].due_at)
    _nothing_leaks(day, positive)
    _only_the_visit_is_billed(day, positive)
    _goes_on_once_a_provider_found_her_eligible(day, course)


def _nothing_leaks(day, infusion):
    """Not in a task, not in a message, not in what a visit says."""
    written = [
        *FollowUp.objects.values_list("title", "outcome"),
        *Appointment.objects.values_list("reason"),
        *Infusion.objects.values_list("not_given_reason"),
        *((str(message.values),) for message in Message.objects.all()),
    ]
    assert Message.objects.exists()
    assert not [row for row in written if any(word in " ".join(map(str, row)).lower() for word in SECRET)]
    waiting = Message.objects.filter(state="planned", subject_kind="appointment", due_at__gt=day.at("09:00"))
    assert {row.subject_id for row in waiting} <= {infusion.series.therapy_sessions.get().appointment_id}


def _only_the_visit_is_billed(day, infusion):
    infusion.refresh_from_db()
    minutes = pump.infused_seconds(infusion, day.at("12:00")) // 60
    assert (minutes, coding_rules.suggest([coding_rules.Infused(minutes)])) == (0, [])


def _goes_on_once_a_provider_found_her_eligible(day, course):
    """Ineligible is signed by the provider alone; a suspended series goes on only after another evaluation."""
    with day.clock("09:10"):
        with pytest.raises(NotPermitted):
            evaluations.begin(patient_id=day.patient.pk, observed_at=clock.now(), by=day.nurse)
        draft = evaluations.begin(patient_id=day.patient.pk, observed_at=clock.now(), by=day.provider)
        answers = build.all_no() | {"pregnancy": ("yes", "Test on the day of infusion 4")}
        draft = evaluations.save_draft(
            evaluation_id=draft.pk, by=day.provider, version=draft.version, answers=answers,
            diagnosis="Major depressive disorder", diagnosis_code="F33.2",
        )  # fmt: skip
        with pytest.raises(NotReady, match="Pregnancy"):
            evaluations.sign(evaluation_id=draft.pk, outcome="eligible", by=day.provider)
        evaluations.sign(evaluation_id=draft.pk, outcome="ineligible", rationale="Pregnancy", by=day.provider)
        with pytest.raises(Refused, match="not found eligible"):
            series.resume(series_id=course.pk, by=day.provider)
    with clock.at(build.moment(day.site, "2027-02-16", "09:00")):
        build.eligible(day.patient, by=day.provider)
        assert series.resume(series_id=course.pk, by=day.provider).state == "active"
    assert not FollowUp.objects.filter(state="open", kind__startswith="weekly_phq9").exists()


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.INSURANCE_ADMIN, Role.CLINIC_ADMIN, Role.THERAPIST])
def test_who_is_neither_nurse_nor_provider_learns_that_it_holds_and_never_why(client, day, positive, role):
    client.force_login(build.user(role, at=day.site))
    pages = {
        "journey:today": [],
        "journey:chart": [day.patient.pk],
        "journey:chart-timeline": [day.patient.pk],
        "visits:appointment": [positive.appointment_id],
        "reminders:tasks": [],
        "reminders:messages": [day.patient.pk],
        "infusions:infusion": [positive.pk],
        "infusions:parts": [positive.pk],
        "infusions:note": [positive.pk],
    }
    with day.clock("08:45"):
        said = {name: client.get(reverse(name, args=args)).content.decode().lower() for name, args in pages.items()}
    leaks = {name: word for name, page in said.items() for word in SECRET if word in page}
    assert leaks == {}
    assert "clinical hold" in said["journey:today"]
    assert ("clinical hold" in said["infusions:infusion"]) is (role is Role.THERAPIST)
