"""The clinic admin's pages in a real browser."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from clinic import settings_versions
from clinic.access import SITE_KEY
from clinic.models import Membership, ReadEvent
from clinic.policy import Role
from journey import record_marks
from journey.models import EmergencyAccess, UnusualAccess
from reminders.webhooks import subscriptions
from tests import build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = (
    "clinic:settings", "clinic:staff", "clinic:person-new", "clinic:person", "clinic:room-new", "clinic:room-edit",
    "clinic:hours", "clinic:closures", "clinic:site-edit", "clinic:protocol", "clinic:protocol-versions",
    "clinic:protocol-edit", "clinic:tokens", "clinic:tablets", "infusions:devices", "reminders:webhooks",
    "reminders:webhook", "journey:audit-unusual", "journey:audit-emergencies", "journey:audit-patient",
    "journey:audit-person", "journey:retention",
)  # fmt: skip


@pytest.fixture
def admin_page(signed_in, client, clinic_admin, site, other_site, provider):
    """An admin of two sites, at work at Pine Street."""
    Membership.objects.create(user=clinic_admin, site=other_site, role=Role.CLINIC_ADMIN)
    page = signed_in(clinic_admin)
    session = client.session
    session[SITE_KEY] = str(site.pk)
    session.save()
    return page


@pytest.fixture
def filled(site, nurse, clinic_admin, patient):
    """What each page needs in its address; and on the pages for privacy something to look at."""
    settings_versions.new_version(site_id=site.pk, changes={"recovery_minutes": 75}, note="Slow weeks", by=clinic_admin)
    now, seen = timezone.now(), {"patient": patient, "site": site}
    ReadEvent.objects.create(user=nurse, patient_id=patient.pk, what="chart", reason="The one before asked for it")
    for kind in UnusualAccess.Kind.values:
        UnusualAccess.objects.create(user=nurse, kind=kind, day=now.date(), first_at=now, last_at=now, **seen)
    EmergencyAccess.objects.create(
        opened_by=nurse, reason="Found unconscious", opened_at=now, ends_at=now + timedelta(hours=1), **seen
    )
    record_marks.set_mark(patient_id=patient.pk, kind="hold", reason="A letter of a court", by=clinic_admin)
    webhook, _ = subscriptions.add(
        site=site, name="Billing", address="http://localhost:9/", kinds=["appointment.booked"], by=clinic_admin
    )
    room = site.rooms.first().pk
    return {"clinic:person": [nurse.pk], "clinic:room-edit": [room], "clinic:site-edit": [site.pk],
            "clinic:protocol-edit": ["during"], "reminders:webhook": [webhook.pk], "journey:audit-person": [nurse.pk],
            "journey:audit-patient": [patient.pk]}  # fmt: skip


def test_every_page_of_the_clinic_is_open_to_all_readers(admin_page, live_server, axe, filled):
    broken = {}
    for page in PAGES:
        admin_page.goto(f"{live_server.url}{reverse(page, args=filled.get(page))}")
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
