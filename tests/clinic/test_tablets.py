"""Tablets of the clinic: locked after two minutes, opened by a PIN, and by nothing less when that was guessed at."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from clinic import clock, tablets
from clinic.errors import Invalid, NotPermitted
from clinic.models import Tablet
from tests import build

pytestmark = pytest.mark.django_db
START = "2027-02-02"
UNLOCK, SWITCH, PIN = reverse("clinic:unlock"), reverse("clinic:switch-in"), "2749"
FETCH = {"X-Requested-With": "fetch"}


@pytest.fixture
def tablet(site, clinic_admin):
    """A known tablet and the browser on it."""
    made, token = tablets.register(site=site, name="Room 2", by=clinic_admin)
    browser = Client()
    browser.cookies[tablets.COOKIE] = token
    browser.tablet = made
    return browser


@pytest.fixture
def at(site):
    """`with at("09:00"):` stands at that time."""
    return lambda time: clock.at(build.moment(site, START, time))


def signs_in(browser, person, pin=PIN):
    if pin:
        tablets.set_pin(pin=pin, by=person)
    answer = browser.post(reverse("account_login"), {"login": person.email, "password": build.PASSWORD})
    assert answer.status_code == 302


def locks(browser):
    """Someone comes back after the tablet's two minutes."""
    assert browser.post(reverse("clinic:switch-site"), {}).status_code == 401


def test_a_tablet_locks_after_its_minutes_and_any_other_browser_does_not(tablet, at, nurse):
    other = Client()
    with at("09:00"):
        signs_in(tablet, nurse)
        signs_in(other, nurse)
    with at("09:03"):
        locks(tablet)
        assert other.get(UNLOCK).status_code == 204
        assert b'data-idle-minutes="2"' not in other.get("/").content


def test_the_pin_opens_the_tablet_for_the_same_person(tablet, at, nurse):
    with at("09:00"):
        signs_in(tablet, nurse)
    with at("09:03"):
        locks(tablet)
        assert tablet.post(UNLOCK, {"pin": PIN}, headers=FETCH).status_code == 204
        assert tablet.get(UNLOCK)["X-Evenkeel-User"] == str(nurse.pk)


def test_after_three_wrong_pins_only_the_password_helps(tablet, at, nurse):
    with at("09:00"):
        signs_in(tablet, nurse)
    with at("09:03"):
        locks(tablet)
        told = [tablet.post(UNLOCK, {"pin": "0852"}, headers=FETCH).json()["sentence"] for _ in range(3)]
        assert told == ["That is not the PIN. Try again."] * 3
        right = tablet.post(UNLOCK, {"pin": PIN}, headers=FETCH)
        assert (right.status_code, right.json()["sentence"]) == (422, "Three PINs were wrong. Give your password.")
        assert tablet.post(UNLOCK, {"password": build.PASSWORD}, headers=FETCH).status_code == 204


def test_a_colleague_switches_in_after_a_password_on_this_tablet_in_this_shift(tablet, at, nurse, other_nurse):
    with at("08:00"):
        signs_in(tablet, other_nurse)
        tablet.post(reverse("account_logout"))
        signs_in(tablet, nurse, pin="8361")
    with at("09:00"):
        locks(tablet)
        answer = tablet.post(SWITCH, {"person": other_nurse.pk, "pin": PIN}, headers=FETCH)
        assert answer.status_code == 204
        assert tablet.get(UNLOCK)["X-Evenkeel-User"] == str(other_nurse.pk)
    with at("20:01"), pytest.raises(KeyError):
        tablet.get(UNLOCK)["X-Evenkeel-User"]  # the shift of her password is over, switched in or not


def test_a_pin_is_worth_nothing_to_who_gave_no_password_here(tablet, at, nurse, other_nurse):
    tablets.set_pin(pin=PIN, by=other_nurse)
    with at("09:00"):
        signs_in(tablet, nurse, pin="")
    with at("09:03"):
        locks(tablet)
        for address, form in ((SWITCH, {"person": other_nurse.pk, "pin": PIN}), (UNLOCK, {"pin": PIN})):
            assert "Give your password" in tablet.post(address, form, headers=FETCH).json()["sentence"]


def test_a_revoked_tablet_is_a_browser_like_any_other(tablet, at, nurse, clinic_admin):
    with at("09:00"):
        signs_in(tablet, nurse)
        tablets.revoke(tablet_id=tablet.tablet.pk, by=clinic_admin)
    with at("09:03"):
        locks(tablet)
        assert tablet.post(UNLOCK, {"pin": PIN}, headers=FETCH).status_code == 422


@pytest.mark.parametrize("pin", ["123", "123456789", "12a4", "1111", "1234", "4321", "٣٤٥٦"])
def test_a_pin_that_is_none_or_is_guessed_first_is_refused(nurse, pin):
    with pytest.raises(Invalid):
        tablets.set_pin(pin=pin, by=nurse)


def test_the_pin_is_kept_hashed(nurse, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    assert tablets.set_pin(pin=PIN, by=nurse).secret.startswith("argon2")


def test_only_the_clinic_admin_makes_and_revokes_tablets(site, nurse, tablet):
    with pytest.raises(NotPermitted):
        tablets.register(site=site, name="Mine", by=nurse)
    with pytest.raises(NotPermitted):
        tablets.revoke(tablet_id=tablet.tablet.pk, by=nurse)


def test_the_pages_make_this_browser_a_tablet_and_set_a_pin(client, clinic_admin):
    client.force_login(clinic_admin)
    page = reverse("clinic:tablets")
    assert client.post(page, {"name": "", "lock_minutes": "2"}).status_code == 422
    made = client.post(page, {"name": "Trolley", "lock_minutes": "3"})
    assert (made.status_code, made.cookies[tablets.COOKIE]["httponly"]) == (302, True)
    known = Tablet.objects.get()
    assert b"Trolley" in client.get(page).content
    assert client.post(reverse("clinic:tablet-revoke", args=[known.pk])).status_code == 302
    wrong = client.post(reverse("clinic:pin"), {"password": "not mine", "pin": PIN})
    assert wrong.status_code == 422
    assert client.post(reverse("clinic:pin"), {"password": build.PASSWORD, "pin": PIN}).status_code == 302


def test_only_wrong_passwords_count_towards_the_limit_of_setting_a_pin(client, nurse):
    cache.clear()
    client.force_login(nurse)

    def said(password):
        answer = client.post(reverse("clinic:pin"), {"password": password, "pin": PIN})
        return "set" if answer.status_code == 302 else str(answer.context["form"].errors["password"][0])[:8]

    assert {said(build.PASSWORD) for _ in range(6)} == {"set"}
    assert [said("not mine") for _ in range(6)] == ["That is "] * 5 + ["Too many"]
    assert said(build.PASSWORD) == "Too many"
    cache.clear()
