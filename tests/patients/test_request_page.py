"""The public form: counted, trapped, silent about what was sent."""

from uuid import uuid4

import pytest
from django.urls import reverse

from patients import throttle
from patients.models import Inquiry

TYPED = {"given_name": "Zoë", "family_name": "O’Neill", "phone": "(555) 013-7740", "message": "Evenings"}


@pytest.fixture(autouse=True)
def _uncounted(monkeypatch):
    """Every test counts for itself; what a server that was lent to the tests keeps is left alone."""
    monkeypatch.setattr(throttle, "PREFIX", f"form-{uuid4()}")


@pytest.fixture
def form(site) -> str:
    return reverse("patients:request-appointment", args=[site.code])


def test_anybody_may_open_it_and_is_told_of_988_and_911(client, form) -> None:
    page = client.get(form)
    assert page.status_code == 200
    assert "988" in page.content.decode()
    assert "911" in page.content.decode()


def test_a_request_is_kept_and_nothing_of_it_is_shown_again(client, site, form) -> None:
    answer = client.post(form, TYPED)
    assert answer.status_code == 302
    assert answer["Location"] == reverse("patients:request-sent", args=[site.code])
    one = Inquiry.objects.get()
    assert (one.given_name, one.source, one.taken_by, one.site) == ("Zoë", "web", None, site)
    thanks = client.get(answer["Location"]).content.decode()
    for word in ("Zoë", "O’Neill", "7740", "Evenings"):
        assert word not in thanks


def test_sent_twice_it_is_one_inquiry(client, form) -> None:
    assert client.post(form, TYPED).status_code == 302
    assert client.post(form, TYPED).status_code == 302
    assert Inquiry.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"given_name": ""}, "Write your first name"),
        ({"family_name": " "}, "Write your last name"),
        ({"phone": ""}, "phone number or an email address"),
        ({"phone": "555"}, "area code"),
        ({"email": "zoe@"}, "email address"),
        ({"birth_date": "yesterday"}, "not a date"),
        ({"birth_date": "2099-01-01"}, "not come yet"),
        ({"message": "x" * 2001}, "2000 fit"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client, form, changed, says) -> None:
    answer = client.post(form, TYPED | {"family_name": "O’Neill <i>"} | changed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    if "family_name" not in changed:
        assert 'value="O’Neill &lt;i&gt;"' in page
    assert not Inquiry.objects.exists()


def test_what_fills_in_the_hidden_field_is_thanked_and_forgotten(client, form) -> None:
    assert client.post(form, TYPED | {"website": "https://spam.example"}).status_code == 302
    assert not Inquiry.objects.exists()


def _send(client, form: str, number: int, **extra: str):
    return client.post(form, TYPED | {"message": f"No {number}"}, **extra)


def test_after_five_an_address_waits_an_hour_and_what_was_typed_stays(client, form) -> None:
    for number in range(5):
        assert _send(client, form, number).status_code == 302
    answer = _send(client, form, 6)
    assert answer.status_code == 429
    assert "call us instead" in answer.content.decode()
    assert "O’Neill" in answer.content.decode()
    assert Inquiry.objects.count() == 5
    assert _send(client, form, 7, REMOTE_ADDR="203.0.113.9").status_code == 302


def test_a_mistake_does_not_count_as_a_request(client, form) -> None:
    for _ in range(6):
        assert client.post(form, TYPED | {"phone": "555"}).status_code == 422
    assert _send(client, form, 1).status_code == 302


def test_tries_are_counted_too(client, form, monkeypatch) -> None:
    monkeypatch.setattr(throttle, "TRIES", throttle.Limit("tries", for_each=2, for_all=9))
    for _ in range(2):
        assert client.post(form, TYPED | {"phone": "555"}).status_code == 422
    assert client.post(form, TYPED | {"phone": "555"}).status_code == 429


def test_all_together_have_a_limit(client, form, monkeypatch) -> None:
    monkeypatch.setattr(throttle, "KEPT", throttle.Limit("kept", for_each=5, for_all=2))
    answers = [_send(client, form, number, REMOTE_ADDR=f"203.0.113.{number}").status_code for number in range(3)]
    assert answers == [302, 302, 429]


def test_one_house_has_one_count_in_ipv6(client, form) -> None:
    for number in range(5):
        assert _send(client, form, number, REMOTE_ADDR=f"2001:db8:0:1::{number}").status_code == 302
    assert _send(client, form, 5, REMOTE_ADDR="2001:db8:0:1::ffff").status_code == 429
    assert _send(client, form, 6, REMOTE_ADDR="2001:db8:0:2::1").status_code == 302


def test_without_counters_the_form_stays_shut(client, form, settings) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
            "OPTIONS": {"socket_connect_timeout": 0.2},
        }
    }
    answer = client.post(form, TYPED)
    assert answer.status_code == 503
    assert "call us instead" in answer.content.decode()
    assert not Inquiry.objects.exists()


def test_no_site_no_form(client, site) -> None:
    assert client.get(reverse("patients:request-appointment", args=["nowhere"])).status_code == 404
    site.is_active = False
    site.save()
    assert client.get(reverse("patients:request-appointment", args=[site.code])).status_code == 404


def test_staff_see_it_as_the_public_does(client, form, front_desk) -> None:
    client.force_login(front_desk)
    page = client.get(form).content.decode()
    assert "ek-top" not in page.replace("ek-phone-top", "")
