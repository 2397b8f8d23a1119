"""What stands around every request: its language, and whence it came."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory, override_settings
from django.utils import translation

from clinic.access import address_of
from clinic.middleware import language


@pytest.mark.parametrize(
    ("proxies", "given", "address"),
    [
        (0, {"REMOTE_ADDR": "10.0.0.7"}, "10.0.0.7"),
        (0, {"REMOTE_ADDR": "10.0.0.7", "HTTP_X_FORWARDED_FOR": "192.0.2.1"}, "10.0.0.7"),
        (1, {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.1, 10.0.0.7"}, "10.0.0.7"),
        (1, {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": " 2001:DB8:0::1 "}, "2001:db8::1"),
        (1, {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "somewhere'; --"}, None),
        (0, {"REMOTE_ADDR": ""}, None),
    ],
)
def test_the_address_is_that_which_the_last_trusted_proxy_saw_or_none(proxies, given, address):
    with override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=proxies):
        assert address_of(RequestFactory().get("/", **given)) == address


def test_a_page_is_in_the_language_of_the_house_whatever_the_one_before_spoke():
    page = language(lambda request: HttpResponse(translation.get_language()))
    with translation.override("es"):
        assert page(RequestFactory().get("/")).content == b"en-us"
    translation.deactivate()
    assert page(RequestFactory().get("/")).content == b"en-us"
