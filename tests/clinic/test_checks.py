"""`manage.py check --deploy` names what is too weak for patients' data."""

from __future__ import annotations

import base64

import pytest
from pytest_django.fixtures import Settings

from clinic.checks import strong_enough

FIELD, PRIVATE, BACKUP = (f"k:{base64.b64encode(bytes([number]) * 32).decode()}" for number in (1, 2, 3))
STRONG = {
    "PRODUCTION": True, "DEBUG": False, "SECRET_KEY": "abcdefghijklmnopqrstuvwxyz0123456789" * 2,
    "FIELD_KEYS": FIELD, "PRIVATE_NOTE_KEYS": PRIVATE, "BACKUP_KEYS": BACKUP, "ALLOWED_HOSTS": ["clinic.example.org"],
    "PUBLIC_URL": "https://clinic.example.org", "SECOND_FACTOR_REQUIRED": True, "TEXTS_BY": "",
    "SESSION_COOKIE_SECURE": True, "CSRF_COOKIE_SECURE": True, "SECURE_SSL_REDIRECT": True,
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend", "EMAIL_USE_TLS": True, "EMAIL_HOST": "mail.example",
}  # fmt: skip


def found(settings: Settings, **weak: object) -> set[str | None]:
    for name, value in {**STRONG, **weak}.items():
        setattr(settings, name, value)
    return {problem.id for problem in strong_enough(None)}


def test_strong_settings_pass(settings: Settings) -> None:
    assert found(settings) == set()


@pytest.mark.parametrize(
    ("weak", "named"),
    [
        ({"PRODUCTION": False}, "E001"),
        ({"ALLOWED_HOSTS": ["*"]}, "E003"),
        ({"ABSOLUTE_SESSION_HOURS": 25}, "E004"),
        ({"DEBUG": True}, "E013"),
        ({"SECRET_KEY": "short"}, "E014"),
        ({"SECRET_KEY": "a" * 60}, "E014"),
        ({"BACKUP_KEYS": "k:c2hvcnQ="}, "E015"),
        ({"BACKUP_KEYS": "k:not base64!"}, "E015"),
        ({"BACKUP_KEYS": FIELD}, "E016"),
        ({"BACKUP_KEYS": PRIVATE}, "E016"),
        ({"BACKUP_KEYS": ""}, "W001"),
        ({"PUBLIC_URL": "http://clinic.example.org"}, "E017"),
        ({"SESSION_COOKIE_SECURE": False}, "E018"),
        ({"SECURE_SSL_REDIRECT": False}, "E018"),
        ({"EMAIL_USE_TLS": False}, "E019"),
        ({"METRICS_PORT": 8000}, "E020"),
    ],
)
def test_each_weakness_alone_is_named(settings: Settings, weak: dict[str, object], named: str) -> None:
    assert found(settings, **weak) == {f"evenkeel.{named}"}
