"""Whom the history names when a patient acts by their own link: “Patient, by link”, whom nobody can sign in as.

The verbs of the house ask who acts, and write it down. A patient has no account; so there is one row of a user without
password or role, and a verb for patients lends its object the rights of the front desk, at the sites it is about, for
the time of one call. Which patient and which link it was stands in the context of every history row.
"""

from __future__ import annotations

from uuid import UUID

from clinic.models import Membership, Site, User
from clinic.policy import Role

ID = UUID("00000000-0000-7000-8000-000000000001")
EMAIL = "patient-by-link@evenkeel.invalid"
NAME = "Patient, by link"


def by_link(*sites: Site) -> User:
    """The acting user for one call. Never saved: in the table it stays without rights, and inactive."""
    person, _ = User.objects.get_or_create(
        pk=ID, defaults={"email": EMAIL, "full_name": NAME, "is_active": False, "password": "!"}
    )
    person.is_active = True
    lent = [Membership(user=person, site=site, role=Role.FRONT_DESK) for site in sites]
    person.__dict__["roles_held"] = lent
    return person
