"""A patient on the morning of Tuesday 2 February 2027 at Pine Street, and words that some readers must never see."""

from collections.abc import Iterator

import pytest

from clinic import clock
from clinic.models import Site, User
from patients.models import Patient
from tests import build
from tests.journey.record import Record

DAY = "2027-02-02"


@pytest.fixture(autouse=True)
def on_the_day(request: pytest.FixtureRequest) -> Iterator[None]:
    """Stand at 09:00 of that day, unless the test has no site."""
    if "site" not in request.fixturenames:
        yield
        return
    with clock.at(build.moment(request.getfixturevalue("site"), DAY, "09:00")):
        yield


@pytest.fixture
def record(patient: Patient, nurse: User, other_nurse: User, provider: User, therapist: User) -> Record:
    """`record.add()` writes one more row of everything into the patient's record."""
    return Record(patient, nurse, other_nurse, provider, therapist)


@pytest.fixture
def everyone(site: Site) -> User:
    """One person who holds every role."""
    from clinic.policy import Role

    return build.user(*Role, at=site, name="Ada Alleskönner")
