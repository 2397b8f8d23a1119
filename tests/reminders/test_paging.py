"""Pages to staff: who is called, when again, what they read, and that nothing goes out twice or gets lost."""

from __future__ import annotations

import smtplib
from datetime import datetime, timedelta

import pytest
from django.core.mail import EmailMessage
from django.core.management import call_command
from psycopg2.extras import DateTimeTZRange
from pytest_django.fixtures import Settings

from clinic import clock
from clinic.models import OnCallTurn, Site, User
from clinic.policy import Role
from patients import alerts
from patients.models import Patient, SafetyAlert
from reminders import channels, paging
from reminders.models import FollowUp, PageAttempt, StaffPage
from tests import build

FRIDAY = "2027-02-05"
Outbox = list[EmailMessage]


@pytest.fixture
def evening(site: Site) -> datetime:
    return build.moment(site, FRIDAY, "21:40")


@pytest.fixture
def turns(site: Site, provider: User, therapist: User, evening: datetime) -> None:
    night = DateTimeTZRange(evening - timedelta(hours=3), evening + timedelta(hours=10))
    OnCallTurn.objects.create(site=site, user=provider, tier="first", during=night)
    OnCallTurn.objects.create(site=site, user=therapist, tier="backup", during=night)


@pytest.fixture
def alert(turns: None, patient: Patient, nurse: User, evening: datetime) -> SafetyAlert:
    with clock.at(evening):
        return build.cssrs(patient, 1, 1, 1, 1, 0, 0, by=nurse).alerts.get()


def run_at(moment: datetime) -> paging.Counts:
    with clock.at(moment):
        return paging.run()


def steps() -> list[tuple[int, str, str]]:
    rows = StaffPage.objects.order_by("step", "recipient__full_name").values_list(
        "step", "recipient__full_name", "tier"
    )
    return list(rows)


def test_the_person_on_call_is_paged_at_once_despite_the_hour(
    alert: SafetyAlert, evening: datetime, mailoutbox: Outbox
) -> None:
    assert run_at(evening).sent == 1
    assert [(letter.to, letter.subject) for letter in mailoutbox] == [
        ([StaffPage.objects.get().recipient.email], "Urgent: Pine Street needs you, answer by 21:55")
    ]


def test_a_page_names_nobody_and_says_nothing_clinical(
    alert: SafetyAlert, evening: datetime, mailoutbox: Outbox
) -> None:
    run_at(evening)
    said = (mailoutbox[0].subject + str(mailoutbox[0].body)).lower()
    for word in ("maya", "torres", alert.patient.mrn.lower(), "suicid", "high", "screen", "risk", "patient "):
        assert word not in said
    assert f"/alerts/{alert.pk}/" in said


def test_unanswered_it_goes_to_backup_and_all_providers_and_again_each_quarter_of_an_hour(
    alert: SafetyAlert, evening: datetime, site: Site
) -> None:
    build.user(Role.PROVIDER, at=site, name="Dr Zoe Park")
    run_at(evening)
    assert run_at(evening + timedelta(minutes=14, seconds=59)).escalated == 0
    for minutes in (15, 16, 30):
        run_at(evening + timedelta(minutes=minutes))
    wide = [("Dr Miriam Hale", "first"), ("Dr Zoe Park", "all"), ("Nadia Amir", "backup")]
    assert steps() == [(0, "Dr Miriam Hale", "first"), *((1, *one) for one in wide), *((2, *one) for one in wide)]
    assert set(StaffPage.objects.values_list("state", flat=True)) == {"sent"}


def test_a_dispatcher_that_slept_for_hours_pages_once_and_not_for_every_quarter(
    alert: SafetyAlert, evening: datetime
) -> None:
    run_at(evening + timedelta(hours=3))
    assert sorted(set(StaffPage.objects.values_list("step", flat=True))) == [0, 12]


def test_nothing_more_goes_out_once_somebody_took_it_up(
    alert: SafetyAlert, evening: datetime, provider: User, mailoutbox: Outbox
) -> None:
    with clock.at(evening):
        alerts.acknowledge(alert_id=alert.pk, by=provider)
    counts = run_at(evening + timedelta(minutes=40))
    assert (counts.sent, counts.void, counts.escalated, mailoutbox) == (0, 1, 0, [])


@pytest.mark.parametrize("missing", ["no turn", "deactivated", "left the site"])
def test_where_nobody_can_be_called_all_providers_are(
    missing: str, turns: None, patient: Patient, nurse: User, provider: User, site: Site, evening: datetime
) -> None:
    other = build.user(Role.PROVIDER, at=site, name="Dr Zoe Park")
    if missing == "no turn":
        OnCallTurn.objects.all().delete()
    elif missing == "deactivated":
        User.objects.filter(pk=provider.pk).update(is_active=False)
    else:
        provider.memberships.all().delete()
    with clock.at(evening):
        build.cssrs(patient, 1, 1, 0, 0, 0, 0, by=nurse)
    called = {page.recipient for page in StaffPage.objects.all()}
    assert called == ({provider, other} if missing == "no turn" else {other})
    assert set(StaffPage.objects.values_list("tier", flat=True)) == {"nobody_set"}


def test_a_site_without_a_provider_calls_its_nurses(patient: Patient, nurse: User) -> None:
    build.cssrs(patient, 1, 1, 0, 0, 0, 0, by=nurse)
    assert StaffPage.objects.get().recipient == nurse


def test_a_mail_server_that_is_away_is_tried_again_within_the_quarter(
    alert: SafetyAlert, evening: datetime, settings: Settings, mailoutbox: Outbox
) -> None:
    usual = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert run_at(evening).waiting == 1
    settings.EMAIL_BACKEND = usual
    assert run_at(evening + timedelta(seconds=14)).sent == 0
    assert run_at(evening + timedelta(seconds=15)).sent == 1
    assert list(PageAttempt.objects.values_list("accepted", flat=True)) == [False, True]


@pytest.mark.parametrize("when", ["between claim and try", "while sending"])
def test_a_dispatcher_killed_sends_nothing_twice_within_its_lease_and_loses_nothing(
    when: str, alert: SafetyAlert, evening: datetime, monkeypatch: pytest.MonkeyPatch, mailoutbox: Outbox
) -> None:
    class Killed(BaseException):
        """What no handler catches."""

    def die(*args: object, **kwargs: object) -> str:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(*((paging, "_begin") if when == "between claim and try" else (channels, "to_staff")), die)
        with pytest.raises(Killed):
            run_at(evening)
    assert run_at(evening + timedelta(seconds=59)).sent == 0
    assert run_at(evening + timedelta(seconds=61)).sent == 1
    assert run_at(evening + timedelta(seconds=125)).sent == 0
    assert len(mailoutbox) == 1


def test_a_refused_login_of_the_mail_server_is_a_failure_to_hand_over_and_no_crash(
    alert: SafetyAlert, evening: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> str:
        raise smtplib.SMTPAuthenticationError(535, b"no")

    monkeypatch.setattr(EmailMessage, "send", refuse)
    for seconds in (0, 15, 45, 105, 225, 465):
        run_at(evening + timedelta(seconds=seconds))
    assert StaffPage.objects.get().state == "failed"


def test_the_command_pages_without_a_broker(alert: SafetyAlert, evening: datetime, mailoutbox: Outbox) -> None:
    with clock.at(evening):
        call_command("dispatch_due")
    assert len(mailoutbox) == 1


def test_a_screener_that_turns_it_into_an_emergency_pages_anew(
    turns: None, patient: Patient, nurse: User, evening: datetime
) -> None:
    with clock.at(evening):
        alert = build.phq9(patient, 19, by=nurse, item9=2).alerts.get()
        alerts.acknowledge(alert_id=alert.pk, by=nurse)
    with clock.at(evening + timedelta(minutes=5)):
        build.cssrs(patient, 1, 1, 1, 1, 0, 0, by=nurse)
    assert [page.answer_by - evening for page in StaffPage.objects.order_by("due_at")] == [
        timedelta(minutes=15),
        timedelta(minutes=20),
    ]


def test_what_the_grade_requires_stands_in_the_task_lists(alert: SafetyAlert) -> None:
    tasks = FollowUp.objects.order_by("due_at").values_list("owner_role", "title", "state")
    title = "Required contact: Maya Torres"
    assert list(tasks) == [("provider", title, "open"), ("nurse", title, "open")]
