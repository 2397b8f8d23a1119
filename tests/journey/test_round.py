"""What the round finds: each follow-up opens by the clock alone, closes when it is done, and opens when undone."""

from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic import clock
from infusions import notes, paper_tasks
from infusions.models import Infusion, Series, StateEvent
from insurance.models import Authorization, Coverage, Payer, Verification
from patients import consents, evaluations, inquiries, labs
from patients.models import Consent, Evaluation, Inquiry
from reminders import followups, sweeping
from reminders.models import FollowUp
from tests import build
from tests.infusions import making
from therapy import booking_tasks
from therapy import notes as session_notes
from therapy.models import TherapySession
from visits import changes, undoing
from visits.followers import Change
from visits.models import Appointment


@contextmanager
def at(site, day, hour="09:00"):
    with clock.at(build.moment(site, day, hour)):
        yield


def came(visit: Appointment, **said) -> None:
    Appointment.objects.filter(pk=visit.pk).update(status="done", arrived_at=visit.starts_at, **said)


@pytest.fixture
def waiting(site):
    """Make a round on a day; the kinds that are open then, with whose they are."""

    def look(day: str, hour: str = "09:00") -> dict[str, str]:
        with at(site, day, hour):
            done = sweeping.sweep()
        assert done is not None
        assert done.failed == 0
        return dict(FollowUp.objects.filter(state="open").values_list("kind", "owner_role"))

    return look


@pytest.fixture
def series(patient, provider) -> Series:
    made = making.loading(patient, provider, state="active")
    for number, day in enumerate(making.J0_DAYS, start=1):
        making.infusion(made, number, day)
    return made


@pytest.fixture
def maintenance(patient, provider) -> Series:
    loading = making.loading(patient, provider, state="completed", ended_at=build.moment(patient.site, "2027-02-19"))
    return Series.objects.create(
        patient=patient, site=patient.site, kind="maintenance", state="active", follows=loading, opened_by=provider,
        opened_at=build.moment(patient.site, "2027-02-20"),
    )  # fmt: skip


def session(series, therapist, kind: str, day: str) -> TherapySession:
    starts = build.moment(series.site, day, "10:00")
    visit = Appointment.objects.create(
        patient=series.patient, site=series.site, kind=kind, starts_at=starts, ends_at=starts + timedelta(hours=1),
        booked_by=therapist,
    )  # fmt: skip
    return TherapySession.objects.create(
        patient=series.patient, series=series, kind=kind, appointment=visit, therapist=therapist
    )


def test_an_inquiry_is_answered_in_one_business_day(site, waiting, front_desk):
    with at(site, "2027-02-12", "15:00"):  # a Friday; Monday is Presidents' Day
        asked = inquiries.receive(site=site, source="web", given_name="Ines", family_name="Okoye", phone="+15550100177")
    assert waiting("2027-02-16", "14:59") == {}
    assert waiting("2027-02-16", "15:00") == {"inquiry_unanswered": "front_desk"}
    with at(site, "2027-02-16", "15:05"):
        inquiries.contacted(inquiry_id=asked.pk, by=front_desk)
    assert not FollowUp.objects.filter(state="open").exists()
    assert Inquiry.objects.get().state == "contacted"


def test_a_session_without_a_signed_note_is_asked_for_after_a_day(series, waiting, therapist, front_desk):
    held = session(series, therapist, "preparation", "2027-01-28")
    assert "note_due" not in waiting("2027-01-29", "10:59")
    assert waiting("2027-01-29", "11:00")["note_due"] == "therapist"
    assert FollowUp.objects.get(kind="note_due").owner == therapist
    Appointment.objects.filter(pk=held.appointment_id).update(
        status="cancelled", cancelled_by_party="clinic", cancelled_late=False, reason="Ill"
    )
    assert "note_due" not in waiting("2027-01-29", "11:05")
    came(held.appointment, cancelled_by_party="", cancelled_late=None, reason="")
    assert "note_due" in waiting("2027-01-29", "11:10")
    assert FollowUp.objects.filter(kind="note_due").count() == 1
    with at(series.site, "2027-01-29", "12:00"):
        note = session_notes.write(
            session_id=held.pk, kind="progress", by=therapist, started_at=held.appointment.starts_at,
            ended_at=held.appointment.ends_at, sections=dict.fromkeys(_required(held), "Said"),
            risk_unasked="She had to leave.",
        )  # fmt: skip
        session_notes.sign(note_id=note.pk, by=therapist)
    assert not FollowUp.objects.filter(kind="note_due", state="open").exists()


def _required(held: TherapySession) -> list[str]:
    from therapy import headings

    return [section.key for section in headings.sections("progress", held.kind)]


def test_an_infusion_note_is_asked_for_a_day_after_the_patient_left(series, waiting, nurse):
    gone = series.infusions.get(number=1)
    Infusion.objects.filter(pk=gone.pk).update(state="not_given", number=None, not_given_reason="BP", nurse=nurse)
    StateEvent.objects.create(
        infusion=gone, before="held", after="not_given", observed_at=build.moment(series.site, "2027-02-02", "10:00")
    )
    assert "infusion_note_due" not in waiting("2027-02-03", "09:59")
    assert waiting("2027-02-03", "10:00")["infusion_note_due"] == "nurse"
    with at(series.site, "2027-02-03", "10:30"):
        notes.sign(infusion_id=gone.pk, by=nurse)
    assert not FollowUp.objects.filter(kind="infusion_note_due", state="open").exists()


def test_an_evaluation_before_the_provider_for_a_day_is_asked_for_until_it_is_a_draft_again(patient, waiting, provider):
    with at(patient.site, "2027-01-19"):
        draft = evaluations.begin(patient_id=patient.pk, observed_at=clock.now(), by=provider)
        evaluations.submit(evaluation_id=draft.pk, by=provider)
    assert waiting("2027-01-20") == {"evaluation_unsigned": "provider"}
    with at(patient.site, "2027-01-20"):
        evaluations.reopen(evaluation_id=draft.pk, by=provider)
    assert waiting("2027-01-20", "09:05") == {}


def test_an_evaluation_that_ends_before_the_treatment_does_is_asked_for_two_weeks_ahead(
    patient, maintenance, waiting, provider
):
    with at(patient.site, "2027-01-19"):
        making.evaluation(patient, provider)  # holds 180 days once a series has begun: until 17 July (J12)
    assert "evaluation_expiring" not in waiting("2027-07-02")
    assert waiting("2027-07-03")["evaluation_expiring"] == "provider"
    assert "July 17" in FollowUp.objects.get(kind="evaluation_expiring").title
    with at(patient.site, "2027-07-04"):
        paper_tasks.after_sign(
            making.evaluation(patient, provider, day="2027-07-04", supersedes=Evaluation.objects.get())
        )
    assert not FollowUp.objects.filter(kind="evaluation_expiring", state="open").exists()


def test_consents_that_end_before_the_last_visit_are_one_task(patient, series, waiting, nurse):
    def sign(kind: str) -> None:
        consents.record(
            patient_id=patient.pk, kind=kind, signer_name="Maya Torres", observed_at=clock.now(), by=nurse
        )  # fmt: skip

    for kind, signed in (("treatment", "2026-02-10"), ("privacy", "2026-02-12"), ("financial", "2026-09-01")):
        with at(patient.site, signed):
            consents.record(
                patient_id=patient.pk, kind=kind, signer_name="Maya Torres", observed_at=clock.now(), by=nurse
            )
    assert waiting("2027-01-29")["consent_expiring"] == "nurse"
    assert "treatment with ketamine and privacy practices" in FollowUp.objects.get(kind="consent_expiring").title
    with at(patient.site, "2027-01-30"):
        for kind in ("treatment", "privacy"):
            consents.record(
                patient_id=patient.pk, kind=kind, signer_name="Maya Torres", observed_at=clock.now(), by=nurse
            )
    assert not FollowUp.objects.filter(kind="consent_expiring", state="open").exists()
    with at(patient.site, "2027-01-31"):
        newest = Consent.objects.filter(kind="treatment").order_by("-observed_at").first()
        consents.withdraw(consent_id=newest.pk, by=nurse)
    assert FollowUp.objects.get(kind="consent_expiring", state="open")


def test_blood_and_urine_are_asked_for_every_180_days_of_boosters(patient, maintenance, waiting, nurse):
    def result(test: str, day: str):
        with at(patient.site, day):
            return labs.record(
                patient_id=patient.pk, test=test, finding="normal", observed_at=clock.now(), source="lab", by=nurse
            )

    result("cmp", "2027-03-01")
    result("ua", "2027-03-05")
    assert "labs_due" not in waiting("2027-08-28")
    assert waiting("2027-08-29")["labs_due"] == "nurse"
    assert "metabolic panel" in FollowUp.objects.get(kind="labs_due", state="open").title
    newest = result("cmp", "2027-08-30")
    assert not FollowUp.objects.filter(kind="labs_due", state="open").exists()
    with at(patient.site, "2027-08-31"):
        labs.mark_in_error(result_id=newest.pk, reason="Of another patient", by=nurse)
    assert FollowUp.objects.get(kind="labs_due", state="open")


def test_sessions_that_nobody_booked_are_asked_for_while_they_are_due(series, waiting, therapist):
    assert {kind for kind in waiting("2027-01-25") if kind.endswith("unbooked")} == {
        "preparation_unbooked", "midpoint_unbooked", "integration_unbooked",
    }  # fmt: skip
    booked = session(series, therapist, "midpoint", "2027-02-10")
    assert "midpoint_unbooked" not in waiting("2027-01-26")
    with at(series.site, "2027-02-08"):
        changes.cancel(appointment_id=booked.appointment_id, party="clinic", reason="Therapist is ill", by=therapist)
    assert FollowUp.objects.get(kind="midpoint_unbooked").state == "open"
    for infusion in series.infusions.filter(number__lte=4):
        Infusion.objects.filter(pk=infusion.pk).update(state="discharged")
    left = waiting("2027-02-13")
    assert "midpoint_unbooked" not in left  # it is past
    assert left["integration_unbooked"] == "front_desk"


def test_a_course_is_read_once_for_all_its_sessions(series, waiting, therapist, django_assert_num_queries):
    waiting("2027-01-25")
    visit = series.infusions.get(number=3).appointment
    with at(series.site, "2027-01-26"), django_assert_num_queries(11):
        booking_tasks.follow_visit(Change(visit, therapist))


@pytest.fixture
def insured(patient) -> Coverage:
    return Coverage.objects.create(patient=patient, payer=Payer.objects.create(name="Tidewater"), member_id="T1")


def test_benefits_that_end_before_the_next_visit_are_verified_again(patient, series, insured, waiting, insurance_admin):
    Verification.objects.create(
        patient=patient, leg="medical", coverage=insured, state="expired", valid_until=date(2027, 1, 31),
        checked_at=build.moment(patient.site, "2027-01-05"), checked_by=insurance_admin, method="phone",
    )  # fmt: skip
    assert "verification_ends" not in waiting("2027-01-22")
    assert waiting("2027-01-25")["verification_ends"] == "insurance_admin"
    task = FollowUp.objects.get(kind="verification_ends")
    assert task.due_at == build.moment(patient.site, "2027-02-01", "17:00")
    Verification.objects.create(patient=patient, leg="medical", coverage=insured)  # the queue has it
    assert "verification_ends" not in waiting("2027-01-25", "09:05")


def test_an_authorization_is_renewed_at_80_percent_or_ten_days_before_its_end(
    patient, maintenance, insured, waiting, insurance_admin, provider
):
    approved = Authorization.objects.create(
        coverage=insured, number="A-7", codes=["96365"], units=5, starts_on=date(2027, 3, 1), ends_on=date(2027, 8, 31),
        recorded_by=insurance_admin,
    )  # fmt: skip
    for number, day in enumerate(("2027-03-05", "2027-03-26", "2027-04-23", "2027-05-21"), start=1):
        made = making.infusion(maintenance, number, day)
        assert "authorization_renewal" not in waiting(day)
        Infusion.objects.filter(pk=made.pk).update(state="discharged")
        came(made.appointment)
    assert waiting("2027-05-22")["authorization_renewal"] == "insurance_admin"
    assert "4 of 5 used" in FollowUp.objects.get(kind="authorization_renewal").title
    Authorization.objects.update(units=9)
    assert "authorization_renewal" not in waiting("2027-08-20")
    assert "authorization_renewal" in waiting("2027-08-21")
    Coverage.objects.update(ends_on=date(2027, 8, 1))  # J5: nothing to renew on a plan that has ended
    assert "authorization_renewal" not in waiting("2027-08-22")
    assert approved.units == 5


def test_who_misses_a_visit_after_a_grave_infusion_is_called_twice_and_then_looked_for(series, front_desk, nurse):
    first = series.infusions.get(number=1)
    Infusion.objects.filter(pk=first.pk).update(state="discharged")
    came(first.appointment)
    StateEvent.objects.create(
        infusion=first, before="paused", after="stopped_early",
        observed_at=build.moment(series.site, "2027-02-02", "10:35"),
    )  # fmt: skip
    missed = series.infusions.get(number=2)
    with at(series.site, "2027-02-05", "09:15"):
        changes.no_show(appointment_id=missed.appointment_id, by=front_desk)
        call = FollowUp.objects.get(kind="safety_call_grave")
        assert (call.owner_role, series.site.local(call.due_at).date()) == ("nurse", date(2027, 2, 5))
        for _ in range(2):
            followups.done(task_id=call.pk, outcome="Not reached", by=nurse)
        assert FollowUp.objects.get(kind="emergency_contact").state == "open"
        undoing.undo(appointment_id=missed.appointment_id, by=front_desk)
    assert not FollowUp.objects.filter(kind__in=["safety_call_grave", "emergency_contact"], state="open").exists()


def test_a_round_over_what_stands_costs_the_same_for_three_patients_as_for_one(
    site, provider, therapist, django_assert_num_queries
):
    def another() -> None:
        made = making.loading(build.patient(site), provider, state="active")
        making.infusion(made, 1, making.J0_DAYS[0])
        session(made, therapist, "preparation", "2027-01-28")
        sweeping.sweep()

    with at(site, "2027-01-30"):
        another()
        with CaptureQueriesContext(connection) as alone:
            sweeping.sweep()
        another()
        another()
        with django_assert_num_queries(len(alone)):
            sweeping.sweep()
        assert FollowUp.objects.filter(kind="note_due").count() == 3
