"""J1 of the protocol: infusions missed one after the other, each repaired in one step, until a provider decides."""

from __future__ import annotations

from contextlib import AbstractContextManager

import pytest

from clinic import clock
from clinic.errors import Refused
from clinic.models import Site, User
from infusions.models import Infusion, Series
from journey import repair
from journey.series import book_series
from patients.models import Patient
from reminders.models import FollowUp, Message
from tests import build
from tests.infusions import making
from visits import changes
from visits.models import Appointment
from visits.planner import Proposal, Slot

pytestmark = pytest.mark.usefixtures("db")
DAYS = ["02-02", "02-05", "02-09", "02-12", "02-16", "02-19"]


@pytest.fixture
def series(site: Site, patient: Patient, nurse: User, therapist: User, provider: User, front_desk: User) -> Series:
    """Maya's series as J0 leaves it: six infusions at nine, midpoint 02-10, integration 02-22; two were given."""
    making.evaluation(patient, provider)
    infusion_room, talk = site.rooms.get(kind="infusion", name="Room 1"), site.rooms.get(kind="therapy")

    def slot(kind: str, day: str, hour: str = "09:00") -> Slot:
        start = build.moment(site, f"2027-{day}", hour)
        drug = kind == "infusion"
        return Slot(kind, start, start, infusion_room if drug else talk, nurse if drug else therapist)

    infusions = [slot("infusion", day) for day in DAYS]
    around = [slot("preparation", "01-28"), slot("midpoint", "02-10"), slot("integration", "02-22")]
    with at(site, "01-20", "10:40"):
        made = book_series(
            patient=patient, site=site, proposal=Proposal(infusions, *around, [], 0.0), by=front_desk, goals="To walk"
        )
        order, vial = making.order(made, provider), making.vial(site, nurse)
    for infusion in made.infusions.filter(number__lte=2).select_related("appointment"):
        making.give(infusion, order, vial, nurse=nurse, checker=provider)
        visit = infusion.appointment
        Appointment.objects.filter(pk=visit.pk).update(status="done", arrived_at=visit.starts_at)
    return made


def at(site: Site, day: str, hour: str = "09:11") -> AbstractContextManager[None]:
    return clock.at(build.moment(site, f"2027-{day}", hour))


def miss(series: Series, day: str, by: User) -> Appointment:
    visit = Appointment.objects.get(
        patient=series.patient, kind="infusion", starts_at=build.moment(series.site, f"2027-{day}")
    )
    return changes.no_show(appointment_id=visit.pk, by=by)


def mend(series: Series, by: User) -> None:
    series.refresh_from_db()
    repair.carry_out(series=series, seen=repair.fingerprint(repair.plan(series)), by=by)


def dates(series: Series) -> dict[int, str]:
    rows = Infusion.objects.filter(series=series, number__isnull=False).select_related("appointment")
    return {row.number: f"{series.site.local(row.appointment.starts_at):%m-%d %H:%M}" for row in rows if row.number}


def session(series: Series, kind: str) -> str:
    visit = Appointment.objects.get(patient=series.patient, kind=kind)
    return f"{series.site.local(visit.starts_at):%m-%d}"


def open_tasks(series: Series) -> dict[str, str]:
    return dict(FollowUp.objects.filter(patient=series.patient, state="open").values_list("kind", "owner_role"))


def test_four_misses(series: Series, front_desk: User, provider: User) -> None:
    site, nine = series.site, " 09:00"
    # When #3 does not come on 9 February, ten minutes past
    with at(site, "02-09"):
        missed = miss(series, "02-09", front_desk)
        # Then the next ones have moved up, the reminders of the missed visit are void, and a nurse calls today
        assert dates(series) == {
            1: "02-02 09:00",
            2: "02-05 09:00",
            **{n: d + nine for n, d in zip((3, 4, 5), DAYS[3:], strict=True)},
        }
        assert not Message.objects.filter(subject_id=missed.pk, state="planned").exists()
        tasks = open_tasks(series)
        assert tasks["safety_call"] == "nurse"
        assert tasks["repair_series"] == "front_desk"
        call = FollowUp.objects.get(kind="safety_call")
        assert site.local(call.due_at).date() == site.today()
        # And the repair is one new last infusion, the midpoint after the new #3, the integration after the new last
        mend(series, front_desk)
        assert dates(series)[6] == "02-23 09:00"
        assert "02-12" <= session(series, "midpoint") <= "02-16"
        assert "02-24" <= session(series, "integration") <= "02-26"
        assert "repair_series" not in open_tasks(series)
        assert repair.plan(series).concerns == []
    # When #3 is missed again on the 12th: a gap of 11 days, which a provider agrees to
    with at(site, "02-12"):
        miss(series, "02-12", front_desk)
        plan = repair.plan(series)
        assert [concern.sentence[:8] for concern in plan.concerns] == ["11 days ", "The seri"]
        assert not plan.needs_provider
        mend(series, front_desk)
        assert list(dates(series).values())[2:] == [f"{day}{nine}" for day in ("02-16", "02-19", "02-23", "02-26")]
        assert open_tasks(series)["gap_seen"] == "provider"
        repair.decide(series=series, kind="acknowledged", gap_days=11, span_days=24, by=provider)
        assert "gap_seen" not in open_tasks(series)
        assert repair.plan(series).concerns == []
    # When it is missed a third time: a gap of 14 days is the limit, and so is a span of 28
    with at(site, "02-16"):
        miss(series, "02-16", front_desk)
        mend(series, front_desk)
        assert list(dates(series).values())[2:] == [f"{day}{nine}" for day in ("02-19", "02-23", "02-26", "03-02")]
    # When it is missed a fourth time: 18 days, and nobody but a provider goes on
    with at(site, "02-19"):
        miss(series, "02-19", front_desk)
        assert open_tasks(series)["gap_decision"] == "provider"
        with pytest.raises(Refused, match=r"18 days between infusions 2 and 3.*A provider decides"):
            mend(series, front_desk)
        assert len(dates(series)) == 5


@pytest.fixture
def beyond(series: Series, front_desk: User) -> Series:
    """The series after its fourth miss, told in short: only 02-23 and later are left."""
    for day in DAYS[2:]:
        with at(series.site, day):
            miss(series, day, front_desk)
            if day != "02-19":
                mend(series, front_desk)
    return series


def test_a_provider_extends_and_the_series_goes_on(beyond: Series, front_desk: User, provider: User) -> None:
    with at(beyond.site, "02-19"):
        repair.decide(series=beyond, kind="extended", gap_days=18, span_days=35, reason="She goes on", by=provider)
        mend(beyond, front_desk)
        assert list(dates(beyond).values())[2:] == [f"{day} 09:00" for day in ("02-23", "02-26", "03-02", "03-05")]
        assert "gap_decision" not in open_tasks(beyond)


@pytest.mark.parametrize("kind", ["stopped", "restarted"])
def test_a_provider_ends_it(series: Series, provider: User, kind: str) -> None:
    with at(series.site, "02-19"):
        repair.decide(series=series, kind=kind, gap_days=18, span_days=28, reason="Too long a gap", by=provider)
    series.refresh_from_db()
    assert series.state == "stopped"
    assert not Appointment.objects.filter(patient=series.patient, kind="infusion", status="booked").exists()
    assert ("new_series" in open_tasks(series)) == (kind == "restarted")
    integration = Appointment.objects.get(patient=series.patient, kind="integration")
    assert (integration.status == "cancelled") == (kind == "restarted")
