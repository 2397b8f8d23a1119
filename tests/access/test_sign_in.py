"""Signing in: a second factor that is sealed at rest, limits on guessing, sessions that can be ended from afar."""

import re
from contextlib import suppress

import pytest
from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.contrib.auth.signals import user_login_failed
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from clinic.models import User
from tests.build import PASSWORD

HOME = "/patients/"


@pytest.fixture(autouse=True)
def nothing_counted():
    """Limits are counted in the broker, which outlives a test."""
    cache.clear()
    yield
    cache.clear()


def code_for(secret):
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def sign_in(user, password=PASSWORD, client=None):
    client = client or Client()
    answer = client.post(reverse("account_login"), {"login": user.email, "password": password})
    return client, answer


def is_in(client):
    return client.get(HOME).status_code == 200


@pytest.fixture
def set_up(nurse):
    """A browser whose owner has just set up an authenticator; and the secret on the phone."""
    client, _ = sign_in(nurse)
    asked = client.get(reverse("mfa_activate_totp"))
    assert asked.url.startswith(reverse("account_reauthenticate"))
    page = client.post(asked.url, {"password": PASSWORD}, follow=True)
    secret = page.context["form"].secret
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_for(secret)})
    assert answer.status_code == 302
    return client, secret


def test_the_password_alone_lets_in_who_has_no_second_factor(nurse):
    client, _ = sign_in(nurse)
    assert is_in(client)
    assert not is_in(sign_in(nurse, "wrong")[0])


def test_the_secret_on_the_phone_stands_nowhere_in_the_database(nurse, set_up):
    _, secret = set_up
    for kept in Authenticator.objects.filter(user=nurse):
        assert secret not in str(kept.data)
    recovery = Authenticator.objects.get(user=nurse, type="recovery_codes")
    for code in recovery.wrap().get_unused_codes():
        assert code not in str(recovery.data)
    assert recovery.wrap().get_unused_codes()


def test_with_a_second_factor_the_password_alone_is_not_enough(nurse, set_up):
    client, answer = sign_in(nurse)
    assert answer.url.startswith(reverse("mfa_authenticate"))
    assert not is_in(client)
    refused = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert refused.status_code == 200
    assert not is_in(client)


def test_password_and_code_let_in(nurse, set_up):
    _, secret = set_up
    client, _ = sign_in(nurse)
    cache.clear()  # a code is good once; the one of the set-up counts as used
    client.post(reverse("mfa_authenticate"), {"code": code_for(secret)})
    assert is_in(client)


def test_a_code_is_good_once(nurse, set_up):
    _, secret = set_up
    cache.clear()
    code = code_for(secret)
    first, _ = sign_in(nurse)
    first.post(reverse("mfa_authenticate"), {"code": code})
    second, _ = sign_in(nurse)
    second.post(reverse("mfa_authenticate"), {"code": code})
    assert (is_in(first), is_in(second)) == (True, False)


def test_a_recovery_code_is_good_once(nurse, set_up):
    code = Authenticator.objects.get(user=nurse, type="recovery_codes").wrap().get_unused_codes()[0]
    first, _ = sign_in(nurse)
    first.post(reverse("mfa_authenticate"), {"code": code})
    second, _ = sign_in(nurse)
    second.post(reverse("mfa_authenticate"), {"code": code})
    assert (is_in(first), is_in(second)) == (True, False)


def test_the_sixth_wrong_password_is_refused_and_so_is_the_right_one_after_it(nurse):
    client = Client()
    for _ in range(5):
        said = sign_in(nurse, "wrong", client)[1].content.decode()
        assert "don’t fit together" in said
    for password in ("wrong", PASSWORD):
        said = sign_in(nurse, password, client)[1].content.decode()
        assert "Too many tries" in said
    assert not is_in(client)


def test_the_limit_is_on_the_person_wherever_they_are_tried_from(nurse, other_nurse):
    for number in range(5):
        Client(REMOTE_ADDR=f"10.0.0.{number}").post(
            reverse("account_login"), {"login": nurse.email, "password": "wrong"}
        )
    assert "Too many tries" in sign_in(nurse)[1].content.decode()
    assert is_in(sign_in(other_nurse)[0])


def test_the_limit_is_on_the_person_under_whatever_name_the_house_is_called(nurse):
    """Whoever asks chooses the host, and any port in it."""
    for number in range(5):
        Client(SERVER_NAME="localhost", SERVER_PORT=str(8000 + number)).post(
            reverse("account_login"), {"login": nurse.email, "password": "wrong"}
        )
    assert "Too many tries" in sign_in(nurse)[1].content.decode()


def test_of_guesses_from_hundreds_of_addresses_five_are_looked_at(nurse, other_nurse, rf):
    """Counted by the person: many addresses are many times the limit of one address, and none of that of a person."""
    looked = []

    def count(sender, credentials, **_):
        looked.append(credentials)

    user_login_failed.connect(count)
    try:
        for number in range(250):
            request = rf.post("/", REMOTE_ADDR=f"10.0.0.{number}")
            with suppress(ValidationError), context.request_context(request):
                get_adapter(request).authenticate(request, email=nurse.email, password=f"guess {number}")
    finally:
        user_login_failed.disconnect(count)
    assert len(looked) == 5
    assert is_in(sign_in(other_nurse)[0])
    assert not is_in(sign_in(nurse)[0])


def test_where_nobody_can_count_guesses_nobody_gets_in(nurse, settings):
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    client = Client(raise_request_exception=False)
    for password in ("wrong", PASSWORD):
        answer = client.post(reverse("account_login"), {"login": nurse.email, "password": password})
        assert answer.status_code >= 500
        assert "_auth_user_id" not in client.session


def test_nobody_signs_up(client, db):
    answer = client.get(reverse("account_signup"))
    assert "form" not in (answer.context or {}) or "password1" not in answer.content.decode()
    client.post(
        reverse("account_signup"),
        {"email": "me@evenkeel.example", "password1": "a long new harbour", "password2": "a long new harbour"},
    )
    assert not User.objects.filter(email="me@evenkeel.example").exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_changes_the_address_they_sign_in_with(nurse, method):
    client, _ = sign_in(nurse)
    typed = {"action_add": "", "email": "elsewhere@example.com"}
    answer = getattr(client, method)(reverse("account_email"), typed)
    assert answer.status_code == 403
    nurse.refresh_from_db()
    assert nurse.email != "elsewhere@example.com"


def test_no_page_of_the_account_leads_to_the_closed_ones(nurse):
    client, _ = sign_in(nurse)
    for page in ("account_change_password", "mfa_index", "usersessions_list"):
        assert reverse("account_email") not in client.get(reverse(page)).content.decode()


def test_a_lost_password_does_not_tell_who_has_an_account(client, nurse):
    pages = [
        client.post(reverse("account_reset_password"), {"email": email}, follow=True).content.decode()
        for email in (nurse.email, "nobody@evenkeel.example")
    ]
    known, unknown = (re.sub(r"\b[A-Za-z0-9]{64}\b", "token", page) for page in pages)
    assert known == unknown


def test_the_list_of_sessions_shows_each_and_ends_the_others(nurse):
    here, _ = sign_in(nurse)
    there, _ = sign_in(nurse, client=Client(HTTP_USER_AGENT="Mozilla/5.0 (iPad) Safari/605.1"))
    assert is_in(here)
    assert is_in(there)
    assert len(here.get(reverse("usersessions_list")).context["sessions"]) == 2
    here.post(reverse("usersessions_list"))
    assert (is_in(here), is_in(there)) == (True, False)
    assert UserSession.objects.filter(user=nurse).count() == 1
