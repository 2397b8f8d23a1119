"""The clinic admin's pages in a real browser."""

import pytest

from clinic import settings_versions
from clinic.access import SITE_KEY
from clinic.models import Membership
from clinic.policy import Role
from tests import build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = (
    "",
    "staff/",
    "staff/new/",
    "staff/{nurse}/",
    "rooms/new/",
    "rooms/{room}/",
    "hours/",
    "closures/",
    "sites/{site}/",
    "protocol/",
    "protocol/versions/",
    "protocol/edit/during/",
)


@pytest.fixture
def admin_page(signed_in, client, clinic_admin, site, other_site, provider):
    """An admin of two sites, at work at Pine Street."""
    Membership.objects.create(user=clinic_admin, site=other_site, role=Role.CLINIC_ADMIN)
    page = signed_in(clinic_admin)
    session = client.session
    session[SITE_KEY] = str(site.pk)
    session.save()
    return page


def test_every_page_of_the_clinic_is_open_to_all_readers(admin_page, live_server, axe, site, nurse, clinic_admin):
    settings_versions.new_version(site_id=site.pk, changes={"recovery_minutes": 75}, note="Slow weeks", by=clinic_admin)
    ids = {"nurse": nurse.pk, "room": site.rooms.first().pk, "site": site.pk}
    broken = {}
    for page in PAGES:
        admin_page.goto(f"{live_server.url}/clinic/{page.format(**ids)}")
        broken |= {page: found} if (found := axe(admin_page)) else {}
    assert broken == {}


def test_the_admin_gives_a_nurse_shifts_and_closes_a_room(admin_page, live_server, site):
    """Given a nurse without shifts, when the admin adds them on her page, then they stand there; and a room closes."""
    newcomer = build.user(Role.NURSE, at=site, name="Jo Reyes", shift=False)
    page = admin_page
    page.goto(f"{live_server.url}/clinic/staff/")
    page.get_by_role("link", name="Jo Reyes").click()
    page.get_by_label("Monday").check(force=True)
    page.fill("#shift_starts", "08:00")
    page.fill("#shift_ends", "16:00")
    page.fill("#shift_valid_from", "2026-01-05")
    page.get_by_role("button", name="Add the shifts").click()
    page.get_by_text("08:00 to 16:00").wait_for()
    assert newcomer.shifts.get().weekday == 0
    room = site.rooms.first()
    page.goto(f"{live_server.url}/clinic/rooms/{room.pk}/")
    page.get_by_role("button", name="Take out of use").click()
    page.get_by_role("button", name="Take it out of use").click()
    page.get_by_text(f"{room.name} is out of use.").wait_for()
    room.refresh_from_db()
    assert not room.is_active
