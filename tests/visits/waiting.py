"""What tests of the waiting list need: a small house, a visit that comes free, a wish."""

from __future__ import annotations

from datetime import date
from typing import Any

from clinic import clock
from clinic.models import Site, User
from patients.models import ContactConsent, Patient
from tests import build
from visits import booking, waitlist
from visits.models import Appointment, WaitlistEntry


def reachable(of: Patient, email: str = "maya@example.com") -> Patient:
    """The patient has an address and has agreed to be written to."""
    of.email = email
    of.save(update_fields=["email"])
    ContactConsent.objects.create(patient=of, channel="email", words="…", version="1", given_at=clock.now())
    return of


def visit(of: Patient, site: Site, day: str, at: str = "09:00", *, by: User, kind: str = "evaluation") -> Appointment:
    return booking.book(patient=of, site=site, kind=kind, starts_at=build.moment(site, day, at), by=by)


def wish(of: Patient, site: Site, *, by: User, **wished: Any) -> WaitlistEntry:
    """Any day and hour until the end of February, told four hours before, unless said otherwise."""
    usual: dict[str, Any] = {"kind": "evaluation", "until": date(2027, 2, 28), "notice_hours": 4}
    return waitlist.add(patient=of, site=site, by=by, **usual | wished)
