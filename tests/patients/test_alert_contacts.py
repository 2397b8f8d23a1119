"""What each grade of an alert requires: when it is due, what came of it, and that nothing is forgotten."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import InternalError, transaction

from clinic import clock
from clinic.errors import Invalid, NotFound, NotPermitted, Refused
from clinic.models import Site, User
from patients import alert_contacts, alerts
from patients.models import AlertContact, Patient, SafetyAlert
from tests import build

SCREENS = {"low": (0, 1, 0, 0, 0, 0), "moderate": (1, 1, 1, 0, 0, 0), "high": (1, 1, 1, 1, 0, 0)}
Row = tuple[str, str, str]


def opened(patient: Patient, grade: str, by: User, at: datetime) -> SafetyAlert:
    with clock.at(at):
        return build.cssrs(patient, *SCREENS[grade], by=by).alerts.get()


def rows(alert: SafetyAlert, state: str = "open") -> list[Row]:
    """Kind, owner and due time on the wall clock of the site."""
    due = alert.contacts.filter(state=state).order_by("due_at", "kind")
    return [(one.kind, one.owner_role, f"{alert.patient.site.local(one.due_at):%m-%d %H:%M}") for one in due]


def contact(alert: SafetyAlert, kind: str) -> AlertContact:
    return alert.contacts.get(kind=kind, state="open")


@pytest.mark.parametrize(
    ("grade", "due"),
    [
        ("high", [("provider_now", "provider", "02-05 21:55"), ("after_leaving", "nurse", "02-06 21:40")]),
        (
            "moderate",
            [
                ("assessment", "provider", "02-05 23:59"),
                ("plan", "nurse", "02-05 23:59"),
                ("call_72h", "nurse", "02-08 21:40"),
                ("week_1", "nurse", "02-15 21:40"),
                ("week_2", "nurse", "02-22 21:40"),
            ],
        ),
        (
            "low",
            [
                ("check", "nurse", "02-12 21:40"),
                ("plan_offer", "nurse", "02-12 21:40"),
                ("therapist", "therapist", "02-12 21:40"),
            ],
        ),
    ],
)
def test_each_grade_asks_for_its_contacts(
    patient: Patient, nurse: User, site: Site, grade: str, due: list[Row]
) -> None:
    assert rows(opened(patient, grade, nurse, build.moment(site, "2027-02-05", "21:40"))) == due


def test_weekly_calls_keep_the_hour_of_the_wall_over_the_change_to_summer_time(
    patient: Patient, nurse: User, site: Site
) -> None:
    alert = opened(patient, "moderate", nurse, build.moment(site, "2027-03-09", "10:00"))
    assert [row[2] for row in rows(alert)[2:]] == ["03-12 10:00", "03-19 10:00", "03-26 10:00"]


def test_two_calls_in_vain_on_one_day_lead_to_the_emergency_contact(patient: Patient, nurse: User, site: Site) -> None:
    alert = opened(patient, "high", nurse, build.moment(site, "2027-02-05", "09:00"))
    with clock.at(build.moment(site, "2027-02-06", "08:00")):
        for words in ("Voicemail.", "No answer."):
            alert_contacts.record(contact_id=contact(alert, "after_leaving").pk, reached=False, words=words, by=nurse)
    assert rows(alert)[1:] == [("emergency", "nurse", "02-06 23:59")]
    assert [one.attempt for one in alert.contacts.filter(kind="after_leaving").order_by("attempt")] == [1, 2]


def test_an_outcome_needs_words(patient: Patient, nurse: User, site: Site) -> None:
    alert = opened(patient, "low", nurse, build.moment(site, "2027-02-05"))
    with pytest.raises(Invalid):
        alert_contacts.record(contact_id=contact(alert, "check").pk, reached=True, words=" ", by=nurse)


def test_what_is_the_provider_s_is_nobody_else_s(patient: Patient, nurse: User, stranger: User, site: Site) -> None:
    alert = opened(patient, "high", nurse, build.moment(site, "2027-02-05"))
    now = contact(alert, "provider_now").pk
    with pytest.raises(NotPermitted):
        alert_contacts.record(contact_id=now, reached=True, words="Spoke.", by=nurse)
    with pytest.raises(NotFound):
        alert_contacts.record(contact_id=now, reached=True, words="Spoke.", by=stranger)


def test_an_outcome_stands(patient: Patient, nurse: User, site: Site) -> None:
    alert = opened(patient, "low", nurse, build.moment(site, "2027-02-05"))
    made = alert_contacts.record(contact_id=contact(alert, "check").pk, reached=True, words="Well.", by=nurse)
    with pytest.raises(Refused):
        alert_contacts.record(contact_id=made.pk, reached=False, words="No.", by=nurse)
    with pytest.raises(InternalError), transaction.atomic():
        AlertContact.objects.filter(pk=made.pk).update(outcome="Other.")


def test_an_alert_with_open_contacts_closes_only_when_a_provider_says_why(
    patient: Patient, nurse: User, therapist: User, provider: User, site: Site
) -> None:
    alert = opened(patient, "moderate", nurse, build.moment(site, "2027-02-05"))
    with pytest.raises(Refused, match="Second weekly call"):
        alerts.close(alert_id=alert.pk, outcome="Well again.", by=provider)
    with pytest.raises(NotPermitted):
        alerts.close(alert_id=alert.pk, outcome="Well again.", without="In hospital.", by=therapist)
    closed = alerts.close(alert_id=alert.pk, outcome="Well again.", without="In hospital.", by=provider)
    assert (closed.closed_without, alert_contacts.still_open(alert)) == ("In hospital.", [])
    assert set(alert.contacts.values_list("state", flat=True)) == {"replaced"}


def test_the_providers_judgment_for_the_infusion_is_the_assessment_of_the_day(
    patient: Patient, nurse: User, provider: User, site: Site
) -> None:
    alert = opened(patient, "moderate", nurse, build.moment(site, "2027-02-05"))
    alerts.clear_for_infusion(alert_id=alert.pk, note="No intent, no plan; wife at home.", by=provider)
    assert alert.contacts.get(kind="assessment").outcome == "No intent, no plan; wife at home."
    assert "assessment" not in [row[0] for row in rows(alert)]


def test_a_provider_grades_anew_with_a_reason_and_other_contacts_are_asked_for(
    patient: Patient, nurse: User, provider: User, site: Site
) -> None:
    alert = opened(patient, "moderate", nurse, build.moment(site, "2027-02-05"))
    alerts.clear_for_infusion(alert_id=alert.pk, note="Calm.", by=provider)
    with pytest.raises(NotPermitted):
        alerts.regrade(alert_id=alert.pk, grade="low", reason="Better.", by=nurse)
    with pytest.raises(Invalid):
        alerts.regrade(alert_id=alert.pk, grade="high", reason=" ", by=provider)
    graver = alerts.regrade(alert_id=alert.pk, grade="high", reason="Names a plan now.", by=provider)
    assert (graver.may_infuse, alerts.blocks(patient)) == (False, True)
    assert [row[0] for row in rows(alert)] == ["provider_now", "after_leaving"]
    assert [str(one) for one in alert.gradings.all()] == ["Moderate → High"]


def test_a_screener_of_only_no_makes_low_what_item_nine_opened_and_says_so(patient: Patient, nurse: User) -> None:
    alert = build.phq9(patient, 19, by=nurse, item9=1).alerts.get()
    assert [row[0] for row in rows(alert)] == ["screen"]
    build.cssrs(patient, by=nurse)
    assert [row[0] for row in rows(alert, "reached")] == ["screen"]
    assert alert.gradings.get().reason == "By the answers of the C-SSRS screener."


def test_an_answer_never_lowers_what_was_graded(patient: Patient, nurse: User, site: Site) -> None:
    alert = opened(patient, "high", nurse, build.moment(site, "2027-02-05"))
    build.cssrs(patient, by=nurse)
    build.phq9(patient, 3, by=nurse)
    alert.refresh_from_db()
    assert (alert.grade, alert.gradings.count()) == ("high", 0)


def test_who_does_not_come_with_an_open_alert_is_called_today(patient: Patient, nurse: User, site: Site) -> None:
    assert not alert_contacts.did_not_come(patient)
    alert = opened(patient, "low", nurse, build.moment(site, "2027-02-05"))
    with clock.at(build.moment(site, "2027-02-09", "09:10")):
        assert alert_contacts.did_not_come(patient)
        assert alert_contacts.did_not_come(patient)
    assert ("missed", "nurse", "02-09 23:59") in rows(alert)
