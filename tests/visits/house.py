"""A small clinic in the first week of February, with what a week of bookings needs."""

from __future__ import annotations

from clinic import clock, settings_versions
from clinic.models import Site
from clinic.policy import Role
from infusions import series as infusion_series
from tests import build
from tests.infusions import making
from visits import booking
from visits.places import Wanted

OTHERS = (("2027-02-02", "09:30"), ("2027-02-03", "10:00"), ("2027-02-04", "13:00"))
SERIES = ("2027-02-02", "2027-02-04", "2027-02-08", "2027-02-10")


class House:
    """Two infusion rooms, two nurses, a therapist, a provider; one patient in a series of four, three with a visit."""

    def __init__(self) -> None:
        self.site: Site = build.site(rooms=2)
        self.nurse = build.user(Role.NURSE, at=self.site)
        for role in (Role.NURSE, Role.THERAPIST, Role.PROVIDER):
            build.user(role, at=self.site)
        self.desk = build.user(*Role, at=self.site, shift=False)
        self.patients = [build.patient(self.site) for _ in range(4)]
        self.room = self.site.rooms.get(name="Room 1")
        self.opens = build.moment(self.site, "2027-02-01", "07:00")
        with clock.at(build.moment(self.site, "2027-01-20")):
            self.lanes = settings_versions.current(self.site).nurse_lanes
            self._book_series()
            self._book_others()

    def _book_series(self) -> None:
        series = making.loading(self.patients[0], self.desk)
        wanted = [Wanted("infusion", build.moment(self.site, day)) for day in SERIES]
        visits = booking.book_all(patient=self.patients[0], site=self.site, wanted=wanted, by=self.desk)
        for number, visit in enumerate(visits, start=1):
            infusion_series.add_infusion(series=series, appointment=visit, number=number, by=self.desk)

    def _book_others(self) -> None:
        for patient, (day, hour) in zip(self.patients[1:], OTHERS, strict=True):
            start = build.moment(self.site, day, hour)
            booking.book(patient=patient, site=self.site, kind="infusion", starts_at=start, by=self.desk)
