"""A session ends by itself: when nobody is there, when the day is over, when the right is gone."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse

from clinic import clock
from clinic.models import Membership, User
from clinic.policy import Role
from tests import build
from tests.build import PASSWORD


@pytest.fixture
def now(site):
    return build.moment(site, "2027-02-02", "09:00")


@pytest.fixture
def at_work(client, nurse, now):
    """A nurse's browser, whose last touch was at nine."""
    client.force_login(nurse)
    with clock.at(now):
        assert client.get(reverse("patients:list")).status_code == 200
    return client


def later(now, **more):
    return clock.at(now + timedelta(**more))


def test_nine_quiet_minutes_change_nothing(at_work, now):
    with later(now, minutes=9):
        assert at_work.get(reverse("patients:list")).status_code == 200


def test_after_ten_minutes_a_page_is_locked_and_shows_no_patient(at_work, site, now):
    build.patient(site, family_name="Quillfeather")
    with later(now, minutes=10, seconds=1):
        answer = at_work.get(reverse("patients:list"))
    assert answer.status_code == 401
    assert "Quillfeather" not in answer.content.decode()


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["form", "htmx"])
def test_after_ten_minutes_what_is_sent_is_not_taken_and_the_page_can_tell(at_work, now, headers):
    with later(now, minutes=11):
        answer = at_work.post(reverse("patients:new"), {"family_name": "Quill"}, headers=headers)
    assert answer.status_code == 401
    assert answer["X-Evenkeel-Locked"] == "1"


def test_a_part_of_a_page_is_answered_as_locked_too(at_work, now):
    with later(now, minutes=11):
        answer = at_work.get(reverse("patients:list"), headers={"HX-Request": "true"})
    assert (answer.status_code, answer["X-Evenkeel-Locked"]) == (401, "1")


def test_a_touch_keeps_the_session_and_a_poll_does_not(at_work, now):
    with later(now, minutes=8):
        at_work.get(reverse("patients:list"))
    for minutes in (12, 15, 17):
        with later(now, minutes=minutes):
            poll = at_work.get(reverse("patients:list"), headers={"X-Background": "1"})
            assert poll.status_code == 200
    with later(now, minutes=18, seconds=30):
        assert at_work.get(reverse("patients:list")).status_code == 401


def test_a_locked_session_stays_locked_whatever_the_clock_says(at_work, now):
    with later(now, minutes=11):
        at_work.get(reverse("patients:list"))
    with later(now, minutes=1):
        assert at_work.get(reverse("patients:list")).status_code == 401


def test_the_password_unlocks_and_a_wrong_one_does_not(at_work, now):
    with later(now, minutes=11):
        wrong = at_work.post(reverse("clinic:unlock"), {"password": "wrong"}, headers={"HX-Request": "true"})
        assert wrong.status_code == 422
        assert at_work.get(reverse("patients:list")).status_code == 401
        right = at_work.post(reverse("clinic:unlock"), {"password": PASSWORD}, headers={"HX-Request": "true"})
        assert right.status_code == 204
        assert at_work.get(reverse("patients:list")).status_code == 200


def tried(client, password):
    return client.post(reverse("clinic:unlock"), {"password": password}, headers={"HX-Request": "true"}).status_code


def test_only_wrong_passwords_at_a_lock_count_towards_the_limit(at_work, now):
    cache.clear()
    with later(now, minutes=1):
        assert {tried(at_work, PASSWORD) for _ in range(11)} == {204}
        assert [tried(at_work, "wrong") for _ in range(6)] == [422] * 5 + [429]
        assert tried(at_work, PASSWORD) == 429
    cache.clear()


def test_a_locked_person_can_sign_out(at_work, now):
    with later(now, minutes=11):
        assert at_work.post(reverse("account_logout")).status_code == 302
        assert "/accounts/login/" in at_work.get(reverse("patients:list")).url


def test_after_twelve_hours_even_a_busy_session_ends(at_work, now):
    for minutes in range(9, 12 * 60 + 1, 9):
        with later(now, minutes=minutes):
            assert at_work.get(reverse("clinic:unlock")).status_code == 204
    with later(now, hours=12, seconds=1):
        answer = at_work.get(reverse("patients:list"))
    assert answer.status_code == 302
    assert answer.url == "/accounts/login/?next=/patients/"
    assert "_auth_user_id" not in at_work.session
    assert answer["Clear-Site-Data"] == '"cache"'


def test_a_role_that_is_taken_away_is_gone_at_the_next_click(at_work, now, nurse):
    Membership.objects.filter(user=nurse, role=Role.NURSE).delete()
    with clock.at(now):
        assert at_work.get(reverse("patients:list")).status_code == 403


def test_a_deactivated_person_is_signed_out_at_the_next_click(at_work, now, nurse):
    User.objects.filter(pk=nurse.pk).update(is_active=False)
    with clock.at(now):
        answer = at_work.get(reverse("patients:list"))
    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/")


def test_a_new_password_ends_the_sessions_made_with_the_old_one(at_work, now, nurse):
    nurse.set_password("another long harbour")
    nurse.save()
    with clock.at(now):
        assert at_work.get(reverse("patients:list")).status_code == 302


def test_pages_of_signed_in_people_are_kept_by_no_cache(at_work, now):
    with clock.at(now):
        assert at_work.get(reverse("patients:list"))["Cache-Control"] == "no-store, private"


def test_who_signs_out_leaves_nothing_in_the_browser_and_the_cookie_opens_nothing(at_work, now):
    old = at_work.cookies["sessionid"].value
    with clock.at(now):
        assert "Clear-Site-Data" not in at_work.get(reverse("patients:list")).headers
        assert at_work.post(reverse("account_logout"))["Clear-Site-Data"] == '"cache"'
        at_work.cookies["sessionid"] = old
        assert at_work.get(reverse("patients:list")).url.startswith("/accounts/login/")
