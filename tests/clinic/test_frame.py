"""The frame around every page: who sees which way, where they are, what time it is there."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import OperationalError, connection, transaction
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse

from clinic import clock
from clinic.api import problems
from clinic.errors import NotReady
from clinic.frame import NAV, Entry, drawn, navigation, place_of, role_words, theme_of
from clinic.middleware import domain_errors
from clinic.policy import GRANTS, Role
from tests import build


@pytest.mark.parametrize("place", NAV, ids=lambda place: place.url_name)
def test_every_way_of_the_navigation_leads_somewhere(place):
    try:
        assert reverse(place.url_name)
    except NoReverseMatch:
        pytest.fail(f"“{place.label}” leads to {place.url_name}, which is no route")


@pytest.mark.parametrize("role", Role)
def test_a_role_sees_the_ways_it_may_go_and_no_other(site, role):
    user = build.user(role, at=site)
    allowed = [place.label for place in NAV if role in GRANTS[place.action]]
    assert [entry.label for entry in navigation(user, site, "")] == allowed


def test_a_stranger_sees_no_way_here(site, stranger):
    assert navigation(stranger, site, "") == ()


@pytest.mark.parametrize(
    ("view", "place"),
    [
        ("patients:inquiry-new", "patients:inquiries"),
        ("patients:detail", "patients:list"),
        ("infusions:vial-new", "infusions:vials"),
        ("infusions:run", "patients:list"),
        ("journey:home", "journey:home"),
        ("account_login", ""),
    ],
)
def test_the_longest_beginning_of_a_views_name_lights_up(view, place):
    assert place_of(view) == place


def test_roles_are_said_as_words(site):
    user = build.user(Role.CLINIC_ADMIN, Role.NURSE, at=site)
    assert role_words(user, site) == "Nurse, clinic admin"


@pytest.mark.parametrize(("cookie", "theme"), [("dark", "dark"), ("light", "light"), ("", ""), ("evil'", "")])
def test_a_theme_is_one_of_two_or_the_systems(rf, cookie, theme):
    request = rf.get("/")
    request.COOKIES["theme"] = cookie
    assert theme_of(request) == theme


def test_the_frame_shows_the_wall_clock_of_the_site(client, clinic_admin):
    client.force_login(clinic_admin)
    with clock.at(datetime(2026, 2, 9, 17, 38, tzinfo=UTC)):
        page = client.get(reverse("clinic:gallery")).content.decode()
    assert "Mon 9 Feb, 09:38 Pacific time" in page
    assert "Clara Adeyemi" in page


def test_the_gallery_is_not_for_nurses(client, nurse):
    client.force_login(nurse)
    assert client.get(reverse("clinic:gallery")).status_code == 403


def test_a_user_without_any_site_still_gets_a_calm_page(client, clinic_admin):
    clinic_admin.memberships.all().delete()
    client.force_login(clinic_admin)
    page = client.get(reverse("account_change_password"), follow=True)
    assert page.status_code == 200
    assert b"Password" in page.content


@pytest.mark.django_db
def test_the_pulse_of_a_session_names_whose_it_is(client, nurse):
    assert client.get(reverse("clinic:unlock")).status_code == 401
    client.force_login(nurse)
    answer = client.get(reverse("clinic:unlock"))
    assert (answer.status_code, answer["X-Evenkeel-User"]) == (204, str(nurse.pk))


@pytest.mark.django_db
def test_the_pulse_of_a_locked_session_is_gone(client, nurse):
    client.force_login(nurse)
    with clock.at(datetime(2026, 2, 9, 9, 0, tzinfo=UTC)):
        client.get(reverse("clinic:unlock"))
    with clock.at(datetime(2026, 2, 9, 9, 11, tzinfo=UTC)):
        assert client.get(reverse("clinic:unlock")).status_code == 401


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["account_login", "account_reset_password", "account_signup"])
def test_pages_before_signing_in_show_no_frame_and_no_time(client, name):
    page = client.get(reverse(name)).content.decode()
    assert "ek-door-card" in page
    assert "ek-nav" not in page
    assert "data-unlock" not in page


@pytest.mark.django_db
def test_an_address_that_is_not_there_says_so_and_leaks_nothing(client):
    answer = client.get("/no/such/place/")
    assert answer.status_code == 404
    assert b"There is nothing here" in answer.content
    assert b"no/such/place" not in answer.content


@pytest.mark.django_db
def test_a_wrong_password_is_answered_by_a_sentence_that_names_neither(client, nurse):
    answer = client.post(reverse("account_login"), {"login": nurse.email, "password": "not this one"})
    assert "don’t fit together" in answer.content.decode()


@pytest.mark.parametrize(("headers", "whole"), [({}, True), ({"HTTP_HX_REQUEST": "true"}, False)])
def test_a_refusal_is_a_page_for_a_page_and_a_banner_for_a_part(rf, nurse, headers, whole):
    request = rf.post("/", **headers)
    request.user, request.session = nurse, {}
    answer = domain_errors(lambda _: None).process_exception(request, NotReady(["Consent expired on 6 Feb."]))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Consent expired on 6 Feb." in page
    assert ("<html" in page) is whole


def ended_by_the_database(code):
    with pytest.raises(OperationalError) as met, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'for Maya Torres' USING ERRCODE = '{code}'; END $$")
    return met.value


@pytest.mark.parametrize("code", ["40P01", "40001"], ids=["deadlock", "serialization"])
def test_two_who_waited_for_each_other_are_told_so_and_not_a_fault(rf, nurse, code):
    request, error = rf.post("/"), ended_by_the_database(code)
    request.user, request.session = nurse, {}
    page = domain_errors(lambda _: None).process_exception(request, error)
    problem = problems.handler(error, {"request": request})
    told = "Somebody changed this at the same moment. Try again."
    assert (page.status_code, problem.status_code, problem.content_type) == (409, 409, problems.MEDIA_TYPE)
    assert told in page.content.decode()
    assert (problem.data["detail"], problem.data["type"]) == (told, "urn:evenkeel:problem:same-moment")


def test_another_fault_of_the_database_stays_a_fault(rf, nurse):
    request, error = rf.post("/"), ended_by_the_database("53100")  # the disk is full
    assert domain_errors(lambda _: None).process_exception(request, error) is None
    assert problems.handler(error, {"request": request}) is None


def test_the_navigation_that_is_kept_says_what_it_would_say_now():
    """It is drawn anew when any word, address, light or number in it is another."""
    one = Entry("Tasks", "/tasks/", False, None)
    for other in (one, replace(one, count="3"), replace(one, current=True), replace(one, label="To do"), one):
        assert drawn("frame/nav_items.html", (other,)) == render_to_string("frame/nav_items.html", {"nav": [other]})
