"""What a signed-in person's page asks of the database before and after its own view, and how heavy what it loads is."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import reverse

from clinic.ids import uuid7
from clinic.models import Membership
from clinic.policy import Role
from reminders.models import FollowUp
from tests import build

AROUND = 3  # the session, the person with their roles, and what waits behind the navigation
STATIC_BYTES = 150_000
TEMPLATES = Path(settings.BASE_DIR) / "templates"
LOADED = re.compile(r'\{% static "([\w./-]+\.(?:css|js|svg))" %\}')


@pytest.mark.parametrize("roles", [(Role.NURSE,), (Role.CLINIC_ADMIN, Role.INSURANCE_ADMIN, Role.PROVIDER)])
def test_the_frame_asks_three_questions_whatever_the_roles(client, site, other_site, roles, django_assert_num_queries):
    person = build.user(*roles, at=site)
    Membership.objects.create(user=person, site=other_site, role=Role.FRONT_DESK)
    client.force_login(person)
    client.get(reverse("account_change_password"))
    with django_assert_num_queries(AROUND):
        page = client.get(reverse("account_change_password"))
    assert "Sign out" in page.content.decode()


def test_a_part_of_a_page_asks_only_who_is_there(client, nurse, django_assert_num_queries):
    client.force_login(nurse)
    client.get(reverse("clinic:unlock"))
    with django_assert_num_queries(AROUND - 1):
        assert client.get(reverse("clinic:unlock")).status_code == 204


def test_a_role_that_was_taken_is_gone_at_the_next_request(client, site, nurse):
    client.force_login(nurse)
    assert client.get(reverse("infusions:station")).status_code == 200
    nurse.memberships.all().delete()
    assert client.get(reverse("infusions:station")).status_code == 403


def test_who_is_deactivated_is_nobody_at_the_next_request(client, nurse):
    client.force_login(nurse)
    type(nurse).objects.filter(pk=nurse.pk).update(is_active=False)
    assert client.get(reverse("infusions:station")).status_code == 302


def test_nobody_counts_further_than_is_told(client, site, front_desk, monkeypatch):
    monkeypatch.setattr("clinic.frame.MOST", 2)
    patient = build.patient(site)
    for _ in range(4):
        FollowUp.objects.create(
            patient=patient, site=site, kind="booster_due", title="Call", owner_role=Role.FRONT_DESK,
            due_at=build.moment(site, "2026-01-02"), escalates_at=build.moment(site, "2026-01-05"),
            escalates_to=Role.CLINIC_ADMIN, subject_kind="patient", subject_id=uuid7(),
        )  # fmt: skip
    client.force_login(front_desk)
    page = client.get(reverse("account_change_password")).content.decode()
    assert '<span class="ek-count">2+</span>' in page


def test_all_that_pages_of_staff_and_patients_load_is_light():
    """Sheets, scripts and icons of every page together, as they go over the line; each is fetched once in a year."""
    named = {name for page in TEMPLATES.rglob("*.html") for name in LOADED.findall(page.read_text())}
    named = {name for name in named if not name.startswith("drf_spectacular")}  # a page for programmers
    loaded = _with_imports(
        {Path(str(finders.find(name))) for name in named | {"icons.svg", "django_htmx/htmx-2.min.js"}}
    )
    assert sum(len(gzip.compress(path.read_bytes())) for path in loaded) <= STATIC_BYTES


def _with_imports(found: set[Path]) -> set[Path]:
    """These files, and the modules that they import."""
    more = set(found)
    for path in found:
        for name in re.findall(r'from "([./\w]+\.js)"|import "([./\w]+\.js)"', path.read_text()):
            more.add((path.parent / "".join(name)).resolve())
    return more if more == found else _with_imports(more)
