"""J10 of the protocol: the therapist is ill, and the midpoint moves: where it may go, and what it takes."""

from __future__ import annotations

from contextlib import AbstractContextManager

import pytest

from clinic import clock
from clinic.models import Site, User
from clinic.policy import Role
from infusions.models import Series
from journey.series import book_series
from patients.models import Patient
from reminders.models import FollowUp, Message
from tests import build
from tests.infusions import making
from therapy.models import TherapySession
from visits import changes, preview, undoing
from visits.courses import NeedsReason
from visits.models import Appointment
from visits.planner import Proposal, Slot

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def series(site: Site, patient: Patient, nurse: User, therapist: User, provider: User, front_desk: User) -> Series:
    """Six infusions on Tuesdays and Fridays at nine; midpoint 02-10, integration 02-22."""
    making.evaluation(patient, provider)
    drug, talk = site.rooms.get(name="Room 1"), site.rooms.get(kind="therapy")

    def slot(kind: str, day: str) -> Slot:
        start = build.moment(site, f"2027-{day}")
        return Slot(kind, start, start, *((drug, nurse) if kind == "infusion" else (talk, therapist)))

    infusions = [slot("infusion", day) for day in ("02-02", "02-05", "02-09", "02-12", "02-16", "02-19")]
    around = [slot("preparation", "01-28"), slot("midpoint", "02-10"), slot("integration", "02-22")]
    with on(site, "01-20"):
        return book_series(patient=patient, site=site, proposal=Proposal(infusions, *around, [], 0.0), by=front_desk)


@pytest.fixture
def midpoint(series: Series) -> Appointment:
    return Appointment.objects.get(patient=series.patient, kind="midpoint")


def on(site: Site, day: str, hour: str = "08:00") -> AbstractContextManager[None]:
    return clock.at(build.moment(site, f"2027-{day}", hour))


def move(visit: Appointment, day: str, hour: str, by: User, reason: str = "") -> Appointment:
    with on(visit.site, "02-01"):
        start = build.moment(visit.site, f"2027-{day}", hour)
        return changes.move(appointment_id=visit.pk, starts_at=start, by=by, reason=reason)


def said(visit: Appointment, day: str, hour: str) -> str:
    start = build.moment(visit.site, f"2027-{day}", hour)
    return " ".join(sentence for _, sentence in preview.of_moving(visit, start))


@pytest.mark.parametrize(("day", "hour"), [("02-11", "13:00"), ("02-12", "08:00")])
def test_after_3_and_before_4_is_well(midpoint: Appointment, front_desk: User, day: str, hour: str) -> None:
    old = set(Message.objects.filter(subject_id=midpoint.pk, state="planned").values_list("pk", flat=True))
    assert "gaps and windows of the series are kept" in said(midpoint, day, hour)
    move(midpoint, day, hour, front_desk)
    planned = Message.objects.filter(subject_id=midpoint.pk, state="planned")
    assert planned.count() == 2
    assert not planned.filter(pk__in=old).exists()
    assert set(Message.objects.filter(pk__in=old).values_list("state", flat=True)) == {"void"}
    assert not FollowUp.objects.filter(kind="session_window").exists()


def test_after_an_infusion_of_the_same_day_needs_a_reason(midpoint: Appointment, front_desk: User) -> None:
    assert "follow infusion 4 on the same day: memory and consent are impaired" in said(midpoint, "02-12", "11:30")
    with pytest.raises(NeedsReason, match="impaired"):
        move(midpoint, "02-12", "11:30", front_desk)
    moved = move(midpoint, "02-12", "11:30", front_desk, "Her mother is here only that day")
    assert undoing.last_change(moved).reason == "Her mother is here only that day"  # type: ignore[union-attr]


def test_out_of_its_window_needs_a_reason_and_opens_a_task(midpoint: Appointment, front_desk: User) -> None:
    words = r"outside its window: after infusion 2 \(Fri 5 Feb\) and before infusion 5 \(Tue 16 Feb\)"
    with pytest.raises(NeedsReason, match=words):
        move(midpoint, "02-18", "13:00", front_desk)
    move(midpoint, "02-18", "13:00", front_desk, "The only therapist she trusts is away")
    task = FollowUp.objects.get(kind="session_window")
    assert (task.state, task.owner_role) == ("open", "therapist")
    integration = Appointment.objects.get(patient=midpoint.patient, kind="integration")
    assert integration.starts_at == build.moment(midpoint.site, "2027-02-22")
    # And back in its window the task closes itself, also by undo
    with on(midpoint.site, "02-01"):
        undoing.undo(appointment_id=midpoint.pk, by=front_desk)
    task.refresh_from_db()
    assert task.state == "done"


def test_another_therapist_takes_the_session_along(midpoint: Appointment, site: Site, front_desk: User) -> None:
    other = build.user(Role.THERAPIST, at=site, name="Mara Lund")
    with on(site, "02-01"):
        changes.move(appointment_id=midpoint.pk, starts_at=midpoint.starts_at, staff=other, by=front_desk)
    assert TherapySession.objects.get(appointment=midpoint).therapist == other
    with on(site, "02-01"):
        undoing.undo(appointment_id=midpoint.pk, by=front_desk)
    assert TherapySession.objects.get(appointment=midpoint).therapist != other
