"""A preparation session at Pine Street on Thursday 28 January 2027 from 13:00, seen five minutes after its end."""

from collections.abc import Callable, Iterator

import pytest

from clinic import clock
from clinic.models import Site, User
from infusions.models import Series
from patients.models import Patient
from tests import build
from tests.infusions import making
from therapy import notes, sessions
from therapy.headings import PROGRESS
from therapy.models import NoteDraft, SessionNote, TherapySession
from visits import booking

DAY = "2027-01-28"
Planned = Callable[..., TherapySession]


@pytest.fixture(autouse=True)
def on_the_day(request: pytest.FixtureRequest) -> Iterator[None]:
    """Stand at 14:05 of that day, unless the test has no site."""
    if "site" not in request.fixturenames:
        yield
        return
    with clock.at(build.moment(request.getfixturevalue("site"), DAY, "14:05")):
        yield


@pytest.fixture
def other_therapist(site: Site, therapist: User) -> User:
    from clinic.policy import Role

    return build.user(Role.THERAPIST, at=site, name="Callum Brandt")


@pytest.fixture
def series(patient: Patient, provider: User) -> Series:
    return making.loading(patient, provider)


@pytest.fixture
def planned(site: Site, therapist: User, front_desk: User, provider: User) -> Planned:
    """`planned(day=..., at=...)`: a session with its visit, booked on 20 January; of a new patient unless `series`."""

    def plan(
        series: Series | None = None, *, kind: str = "preparation", day: str = DAY, at: str = "13:00"
    ) -> TherapySession:
        series = series or making.loading(build.patient(site), provider)
        with clock.at(build.moment(site, "2027-01-20", "10:00")):
            visit = booking.book(
                patient=series.patient,
                site=site,
                kind=kind,
                starts_at=build.moment(site, day, at),
                staff=therapist,
                by=front_desk,
            )
            return sessions.plan_session(
                series=series, kind=kind, appointment=visit, therapist=therapist, by=front_desk
            )

    return plan


@pytest.fixture
def session(planned: Planned, series: Series) -> TherapySession:
    return planned(series)


def full(kind: str = "preparation") -> dict[str, str]:
    """Every heading of a progress note, written."""
    return {section.key: f"{section.label}: as discussed." for section in PROGRESS[kind]}


def written(session: TherapySession, *, by: User | None = None, **changes: str) -> NoteDraft:
    """The progress note of a session as a whole draft; the risk questions could not be asked."""
    assert session.appointment
    return notes.write(
        session_id=session.pk,
        kind="progress",
        sections=full(session.kind) | changes,
        by=by or session.therapist,
        started_at=session.appointment.starts_at,
        ended_at=session.appointment.ends_at,
        risk_unasked="She had to leave.",
    )


@pytest.fixture
def draft(session: TherapySession) -> NoteDraft:
    return written(session)


@pytest.fixture
def signed(draft: NoteDraft, therapist: User) -> SessionNote:
    return notes.sign(note_id=draft.pk, by=therapist)
