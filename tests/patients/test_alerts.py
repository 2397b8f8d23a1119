"""A safety alert is owned by a person and ends only with a written outcome."""

import pytest
from django.db import InternalError, transaction

from clinic.errors import Invalid, NotFound, NotPermitted, Refused
from clinic.models import User
from patients import alerts
from patients.models import Patient, SafetyAlert
from tests import build

GRADES = {
    "low": (1, 0, 0, 0, 0, 0),
    "moderate": (1, 1, 1, 0, 0, 0),
    "high": (1, 1, 1, 1, 0, 0),
}


def opened(patient: Patient, grade: str, by: User) -> SafetyAlert:
    if grade == "unscreened":
        return build.phq9(patient, 19, by=by, item9=2).alerts.get()
    return build.cssrs(patient, *GRADES[grade], by=by).alerts.get()


def test_acknowledging_twice_keeps_the_first_name(patient: Patient, nurse: User, other_nurse: User) -> None:
    alert = opened(patient, "moderate", nurse)
    alerts.acknowledge(alert_id=alert.pk, by=nurse)
    assert alerts.acknowledge(alert_id=alert.pk, by=other_nurse).acknowledged_by == nurse


def test_a_provider_clears_infusions_with_a_note(patient: Patient, nurse: User, provider: User) -> None:
    alert = opened(patient, "moderate", nurse)
    cleared = alerts.clear_for_infusion(alert_id=alert.pk, note="Thoughts without intent.", by=provider)
    assert (cleared.may_infuse, cleared.cleared_by, cleared.acknowledged_by) == (True, provider, provider)
    assert not alerts.blocks(patient)


def test_a_second_window_does_not_write_over_a_clearance(patient: Patient, nurse: User, provider: User) -> None:
    alert = opened(patient, "moderate", nurse)
    alerts.clear_for_infusion(alert_id=alert.pk, note="Thoughts without intent.", by=provider)
    with pytest.raises(Refused, match="Thoughts without intent"):
        alerts.clear_for_infusion(alert_id=alert.pk, note="Other words.", by=provider)
    alert.refresh_from_db()
    assert alert.clearance_note == "Thoughts without intent."


def test_clearing_without_a_note_is_refused(patient: Patient, nurse: User, provider: User) -> None:
    alert = opened(patient, "moderate", nurse)
    with pytest.raises(Invalid):
        alerts.clear_for_infusion(alert_id=alert.pk, note="  ", by=provider)
    assert alerts.blocks(patient)


@pytest.mark.parametrize("grade", ["high", "unscreened"])
def test_what_is_grave_or_unknown_is_not_cleared(patient: Patient, nurse: User, provider: User, grade: str) -> None:
    alert = opened(patient, grade, nurse)
    with pytest.raises(Refused):
        alerts.clear_for_infusion(alert_id=alert.pk, note="Calm now.", by=provider)
    assert alerts.blocks(patient)


@pytest.mark.parametrize("role", ["nurse", "therapist", "front_desk"])
def test_only_a_provider_clears(patient: Patient, nurse: User, role: str, request: pytest.FixtureRequest) -> None:
    alert = opened(patient, "low", nurse)
    with pytest.raises(NotPermitted):
        alerts.clear_for_infusion(alert_id=alert.pk, note="Calm.", by=request.getfixturevalue(role))


@pytest.mark.parametrize(
    ("grade", "role", "may"),
    [
        ("low", "therapist", True),
        ("moderate", "therapist", True),
        ("high", "therapist", False),
        ("unscreened", "therapist", False),
        ("high", "provider", True),
        ("unscreened", "provider", True),
        ("low", "nurse", False),
        ("low", "front_desk", False),
    ],
)
def test_who_closes_which_grade(
    patient: Patient, nurse: User, provider: User, grade: str, role: str, may: bool, request: pytest.FixtureRequest
) -> None:
    alert = build.contacts_made(opened(patient, grade, nurse), by=provider)
    by = request.getfixturevalue(role)
    if may:
        assert alerts.close(alert_id=alert.pk, outcome="Safety plan made.", by=by).closed_by == by
    else:
        with pytest.raises(NotPermitted):
            alerts.close(alert_id=alert.pk, outcome="Safety plan made.", by=by)
        assert alerts.blocks(patient)


def test_closing_without_an_outcome_is_refused(patient: Patient, nurse: User, provider: User) -> None:
    alert = opened(patient, "low", nurse)
    with pytest.raises(Invalid):
        alerts.close(alert_id=alert.pk, outcome="", by=provider)


def test_a_closed_alert_takes_no_more(patient: Patient, nurse: User, provider: User) -> None:
    alert = build.contacts_made(opened(patient, "low", nurse), by=provider)
    alerts.close(alert_id=alert.pk, outcome="Called; safe.", by=provider)
    with pytest.raises(Refused):
        alerts.acknowledge(alert_id=alert.pk, by=nurse)
    assert not alerts.blocks(patient)


def test_the_database_refuses_to_change_a_closed_alert(patient: Patient, nurse: User, provider: User) -> None:
    alert = build.contacts_made(opened(patient, "low", nurse), by=provider)
    alerts.close(alert_id=alert.pk, outcome="Called; safe.", by=provider)
    with pytest.raises(InternalError), transaction.atomic():
        SafetyAlert.objects.filter(pk=alert.pk).update(outcome="Nothing happened.")


def test_for_a_stranger_the_alert_does_not_exist(patient: Patient, nurse: User, stranger: User) -> None:
    alert = opened(patient, "low", nurse)
    for verb in (
        lambda: alerts.acknowledge(alert_id=alert.pk, by=stranger),
        lambda: alerts.clear_for_infusion(alert_id=alert.pk, note="x", by=stranger),
        lambda: alerts.close(alert_id=alert.pk, outcome="x", by=stranger),
    ):
        with pytest.raises(NotFound):
            verb()


def test_the_gravest_open_alert_speaks_for_the_patient(patient: Patient, nurse: User) -> None:
    opened(patient, "low", nurse)
    high = opened(patient, "high", nurse)
    assert alerts.gravest(patient) == high
