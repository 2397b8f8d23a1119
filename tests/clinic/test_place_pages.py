"""The clinic admin's pages: each shows its own site, keeps what was typed, and knows no other admin's site."""

import re
from datetime import date, time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic import clock, settings_versions
from clinic.models import Closure, Membership, OpeningHours, ProtocolSettings, Room, Shift, ShiftException, Site, User
from clinic.place import rota
from clinic.policy import Role
from tests import build


@pytest.fixture(autouse=True)
def on_monday(site):
    with clock.at(build.moment(site, "2027-02-01", "10:00")):
        yield


@pytest.fixture
def admin(client, clinic_admin):
    client.force_login(clinic_admin)
    return client


def post(client, route, *args, **typed):
    return client.post(reverse(route, args=args), typed)


def test_the_hub_shows_rooms_hours_closures_staff_and_protocol(admin, site, nurse, other_site):
    Closure.objects.create(site=site, first_day=date(2027, 7, 5), last_day=date(2027, 7, 5), reason="Independence Day")
    page = admin.get(reverse("clinic:settings")).content.decode()
    for words in ("Room 1", "08:00 to 18:00", "Independence Day", "As Table A proposes", "America/Los_Angeles"):
        assert words in page
    assert "Lakeside" not in page


def test_the_staff_list_asks_as_much_for_three_as_for_one(admin, site):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert admin.get(reverse("clinic:staff")).status_code == 200
        return len(queries)

    admin.get(reverse("clinic:staff"))  # the first request writes the session
    alone = asked()
    for _ in range(3):
        build.user(Role.NURSE, at=site, shift=False)
    assert asked() == alone


def test_a_site_is_opened_in_the_app(admin, clinic_admin):
    typed = {"name": "Harbor", "code": "harbor", "time_zone": "America/Denver"}
    assert post(admin, "clinic:site-new", **typed).status_code == 302
    assert Membership.objects.filter(user=clinic_admin, site__code="harbor").exists()


def test_a_bad_zone_is_said_and_what_was_typed_is_kept(admin, site):
    answer = post(admin, "clinic:site-edit", site.pk, name="Pine Street West", time_zone="Mars/Olympus")
    assert answer.status_code == 422
    assert "Pine Street West" in answer.content.decode()
    site.refresh_from_db()
    assert site.name == "Pine Street"


def test_rooms_are_added_renamed_closed_and_opened(admin, site):
    assert post(admin, "clinic:room-new", name="Harbor", kind="therapy").status_code == 302
    room = Room.objects.get(name="Harbor")
    post(admin, "clinic:room-edit", room.pk, name="Cove", kind="consult", nickname="by the stairs")
    post(admin, "clinic:room-close", room.pk)
    room.refresh_from_db()
    assert (room.name, room.kind, room.is_active) == ("Cove", "consult", False)
    post(admin, "clinic:room-reopen", room.pk)
    room.refresh_from_db()
    assert room.is_active


def test_two_rooms_of_one_name_are_refused_in_the_form(admin, site):
    answer = post(admin, "clinic:room-new", name="room 1", kind="therapy")
    assert answer.status_code == 422
    assert "There is a room called room 1" in answer.content.decode()


def test_hours_are_added_changed_and_removed(admin, site):
    assert post(admin, "clinic:hours", weekdays=["5"], opens="09:00", closes="12:00").status_code == 302
    saturday = OpeningHours.objects.get(site=site, weekday=5)
    post(admin, "clinic:hours-edit", saturday.pk, opens="10:00", closes="12:00")
    saturday.refresh_from_db()
    assert saturday.opens == time(10)
    post(admin, "clinic:hours-remove", saturday.pk)
    assert not OpeningHours.objects.filter(weekday=5).exists()
    assert post(admin, "clinic:hours", weekdays=["0"], opens="17:00", closes="19:00").status_code == 422


def test_a_closure_is_planned_changed_and_taken_back(admin, site):
    typed = {"first_day": "2027-07-05", "last_day": "2027-07-05", "reason": "Holiday"}
    assert post(admin, "clinic:closures", **typed).status_code == 302
    made = Closure.objects.get()
    post(admin, "clinic:closure-edit", made.pk, **(typed | {"last_day": "2027-07-06"}))
    made.refresh_from_db()
    assert made.last_day == date(2027, 7, 6)
    post(admin, "clinic:closure-remove", made.pk)
    assert not Closure.objects.exists()
    assert post(admin, "clinic:closures", **(typed | {"first_day": "2027-01-05"})).status_code == 422


def test_a_person_is_added_with_roles_and_shown(admin, site):
    typed = {"full_name": "Jo Reyes", "email": "jo@evenkeel.example", f"roles-{site.pk}": ["nurse", "therapist"]}
    answer = post(admin, "clinic:person-new", **typed)
    made = User.objects.get(email="jo@evenkeel.example")
    assert answer.url == reverse("clinic:person", args=[made.pk])
    page = admin.get(answer.url).content.decode()
    assert "Has not chosen a password yet" in page
    chosen = re.findall(r'name="roles" value="(\w+)" checked', page)
    assert chosen == ["nurse", "therapist"]


def test_a_person_without_roles_is_refused_beside_the_roles(admin, site):
    answer = post(admin, "clinic:person-new", full_name="Jo Reyes", email="jo@evenkeel.example")
    assert answer.status_code == 422
    assert "Choose at least one role" in answer.content.decode()
    assert not User.objects.filter(email="jo@evenkeel.example").exists()


def test_the_persons_page_changes_name_roles_and_account(admin, site, nurse):
    post(admin, "clinic:person-edit", nurse.pk, full_name="Adaeze Obi", signature_name="", licence="RN 9")
    post(admin, "clinic:person-roles", nurse.pk, site.pk, roles=["front_desk", "nurse"])
    post(admin, "clinic:person-deactivate", nurse.pk)
    again = User.objects.get(pk=nurse.pk)
    assert (again.full_name, again.is_active) == ("Adaeze Obi", False)
    assert again.roles_at(site) == {Role.FRONT_DESK, Role.NURSE}
    post(admin, "clinic:person-reactivate", nurse.pk)
    assert User.objects.get(pk=nurse.pk).is_active


def test_the_last_admin_keeps_the_role_and_is_told_why(admin, site, clinic_admin):
    answer = post(admin, "clinic:person-roles", clinic_admin.pk, site.pk, roles=["nurse"])
    assert answer.status_code == 422
    assert "is the last clinic admin of Pine Street" in answer.content.decode()


def test_shifts_and_days_off_are_changed_on_the_persons_page(admin, site, nurse):
    typed = {"site": site.pk, "weekdays": ["5", "6"], "starts": "09:00", "ends": "12:00", "valid_from": "2027-02-01"}
    assert post(admin, "clinic:shift-add", nurse.pk, **typed).status_code == 302
    assert post(admin, "clinic:shift-add", nurse.pk, **typed).status_code == 422
    shift = Shift.objects.get(user=nurse, weekday=5)
    post(admin, "clinic:shift-edit", shift.pk, starts="10:00", ends="12:00", valid_from="2027-02-01")
    shift.refresh_from_db()
    assert shift.starts == time(10)
    post(admin, "clinic:shift-end", shift.pk)
    assert not Shift.objects.filter(pk=shift.pk).exists()
    post(admin, "clinic:exception-add", nurse.pk, site=site.pk, first_day="2027-02-08", reason="Holiday")
    day = ShiftException.objects.get()
    assert "Holiday" in admin.get(reverse("clinic:person", args=[nurse.pk])).content.decode()
    post(admin, "clinic:exception-remove", day.pk)
    assert not ShiftException.objects.exists()


def test_every_value_of_the_protocol_stands_with_unit_and_source(admin):
    page = admin.get(reverse("clinic:protocol")).content.decode()
    assert "0.5\u00a0mg/kg" in page
    assert "S-Andrade4, S-ELEKT" in page
    assert "180\u00a0mmHg" in page


def test_a_change_of_the_protocol_is_a_new_version_with_its_reason(admin, site, provider, client):
    post(admin, "clinic:protocol-adopt")
    section = reverse("clinic:protocol-edit", args=["recovery"])
    typed = {
        "recovery_minutes": "75",
        "unescorted_min_stay": "120",
        "escort_required": "on",
        "discharge_score_min": "9",
    }
    assert admin.post(section, {**typed, "based_on": "1", "note": ""}).status_code == 422
    assert admin.post(section, {**typed, "based_on": "1", "note": "Two slow weeks"}).status_code == 302
    newest = settings_versions.current(site)
    assert (newest.version, newest.recovery_minutes, newest.note) == (2, 75, "Two slow weeks")
    late = admin.post(section, {**typed, "recovery_minutes": "90", "based_on": "1", "note": "Again"})
    assert late.status_code == 422
    assert "Version 2 was made while you were writing" in late.content.decode()
    listed = admin.get(reverse("clinic:protocol-versions")).content.decode()
    assert "60\u00a0minutes → <b>75\u00a0minutes</b>" in listed
    assert post(admin, "clinic:protocol-sign", newest.pk).status_code == 403
    client.force_login(provider)
    assert post(client, "clinic:protocol-sign", newest.pk).status_code == 302
    newest.refresh_from_db()
    assert newest.signed_by == provider


@pytest.mark.parametrize(
    ("section", "typed", "sentence"),
    [
        ("recovery", {"recovery_minutes": "5"}, "outside what can be set: from 30 to 120"),
        ("dose", {"dose_soft_ceiling_mg_per_kg": "1.5"}, "Doses must rise in this order"),
    ],
)
def test_a_value_that_can_not_be_is_said_and_makes_no_version(admin, section, typed, sentence):
    page = admin.get(reverse("clinic:protocol-edit", args=[section]))
    form = page.context["form"]
    now = {name: field.initial for name, field in form.fields.items() if name not in {"note", "based_on"}}
    answer = admin.post(page.request["PATH_INFO"], {**now, **typed, "note": "Try", "based_on": "0"})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not ProtocolSettings.objects.exists()


OBJECTS = {
    "site-edit": lambda site: [site.pk],
    "room-edit": lambda site: [site.rooms.first().pk],
    "room-close": lambda site: [site.rooms.first().pk],
    "hours-edit": lambda site: [site.opening_hours.first().pk],
    "hours-remove": lambda site: [site.opening_hours.first().pk],
    "closure-edit": lambda site: [site.closures.first().pk],
    "closure-remove": lambda site: [site.closures.first().pk],
    "person": lambda site: [site.memberships.first().user_id],
    "person-edit": lambda site: [site.memberships.first().user_id],
    "person-roles": lambda site: [site.memberships.first().user_id, site.pk],
    "person-deactivate": lambda site: [site.memberships.first().user_id],
    "shift-add": lambda site: [site.memberships.first().user_id],
    "shift-edit": lambda site: [Shift.objects.filter(site=site).first().pk],
    "exception-remove": lambda site: [ShiftException.objects.filter(site=site).first().pk],
    "protocol-version": lambda site: [site.protocol_versions.first().pk],
}


@pytest.mark.parametrize("name", OBJECTS)
def test_what_belongs_to_another_admins_site_does_not_exist(client, site, clinic_admin, nurse, other_site, name):
    Closure.objects.create(site=site, first_day=date(2027, 7, 5), last_day=date(2027, 7, 5), reason="Independence Day")
    settings_versions.new_version(site_id=site.pk, changes={}, note="First", by=clinic_admin)
    days = {"first_day": date(2027, 2, 8), "by": clinic_admin}
    rota.add_exception(user_id=nurse.pk, site_id=site.pk, **days)
    client.force_login(build.user(*Role, at=other_site))
    address = reverse(f"clinic:{name}", args=OBJECTS[name](site))
    allowed = {client.get(address).status_code, client.post(address).status_code}
    assert allowed <= {404, 405}
    assert 404 in allowed


def test_who_is_only_a_nurse_here_is_refused_though_admin_elsewhere(client, site, other_site):
    both = build.user(Role.NURSE, at=other_site)
    Membership.objects.create(user=both, site=site, role=Role.CLINIC_ADMIN)
    client.force_login(both)
    client.post(reverse("clinic:switch-site"), {"site": str(other_site.pk)})
    assert client.get(reverse("clinic:settings")).status_code == 403
    assert client.get(reverse("clinic:site-edit", args=[other_site.pk])).status_code == 404
    assert Site.objects.get(pk=other_site.pk).name == "Lakeside"
