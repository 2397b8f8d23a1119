"""Who gets past the door of the API, address by address; written by hand, as tests/access/table.py is for pages."""

from clinic.policy import Role
from tests.access.table import PUBLIC

DESK, NURSE, THERAPIST, PROVIDER, INSURANCE, ADMIN = Role
ALL = set(Role)
CLINICAL = {NURSE, THERAPIST, PROVIDER}

EXPECTED: dict[str, set[Role] | str] = {
    "GET schema/": PUBLIC,
    "GET docs/": PUBLIC,
    # clinic
    "GET sites/": ALL,
    "GET sites/{id}/": ALL,
    "GET rooms/": ALL,
    "GET rooms/{id}/": ALL,
    "GET staff/": ALL,
    "GET staff/{id}/": ALL,
    "GET audit/": {ADMIN},
}
