"""`manage.py check --deploy` fails on settings too weak for patients' data."""

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register

from clinic import crypto
from clinic.backups import container


@register(Tags.security, deploy=True)
def strong_enough(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    problems: list[CheckMessage] = []
    if not settings.PRODUCTION:
        problems.append(Error("EVENKEEL_MODE is not “production”.", id="evenkeel.E001"))
    if not settings.FIELD_KEYS:
        problems.append(
            Error(
                "FIELD_KEYS is empty: set id:key pairs for encrypted columns.",
                id="evenkeel.E002",
            )
        )
    problems += _private_note_keys()
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        problems.append(
            Error(
                "ALLOWED_HOSTS must name the host and nothing wider.",
                id="evenkeel.E003",
            )
        )
    if settings.IDLE_LOGOFF_MINUTES > 30 or settings.ABSOLUTE_SESSION_HOURS > 24:
        problems.append(Error("Session limits are too long for patients’ data.", id="evenkeel.E004"))
    if not settings.SECOND_FACTOR_REQUIRED:
        problems.append(Error("SECOND_FACTOR_REQUIRED is off: staff must sign in in two steps.", id="evenkeel.E008"))
    if not (0 < settings.PROOF_MINUTES <= 15 and 0 < settings.SIGN_PROOF_MINUTES <= 240):
        problems.append(Error("PROOF_MINUTES must be 1 to 15, SIGN_PROOF_MINUTES 1 to 240.", id="evenkeel.E009"))
    if settings.TEXTS_BY not in {"", "twilio"}:
        problems.append(Error("TEXTS_BY must be “twilio”, or empty: other carriers reach nobody.", id="evenkeel.E005"))
    if settings.TEXTS_BY == "twilio" and not (
        settings.TWILIO_ACCOUNT_SID and settings.TWILIO_AUTH_TOKEN and settings.TWILIO_FROM
    ):
        problems.append(Error("Twilio needs TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_FROM.", id="evenkeel.E006"))
    if settings.TEXTS_BY == "twilio" and not settings.PUBLIC_URL.startswith("https://"):
        problems.append(Error("PUBLIC_URL must be the https address that Twilio reports to.", id="evenkeel.E007"))
    return problems + _secrets() + _ways_out()


def _secrets() -> list[CheckMessage]:
    """Keys that can be guessed, or that open more than their own."""
    problems: list[CheckMessage] = []
    if settings.DEBUG:
        problems.append(Error("DEBUG shows what no visitor may see.", id="evenkeel.E013"))
    if len(settings.SECRET_KEY) < 50 or len(set(settings.SECRET_KEY)) < 12:
        problems.append(Error("SECRET_KEY is too short or too plain: make 50 random characters.", id="evenkeel.E014"))
    try:
        backups = container.keys(settings.BACKUP_KEYS)
        others = {*crypto.FIELDS.keys().values(), *crypto.PRIVATE_NOTES.keys().values()}
    except crypto.Undecryptable:
        return problems  # told of already
    except ValueError as error:
        return [*problems, Error(f"A key can’t be read: {error}", id="evenkeel.E015")]
    if set(backups.values()) & others:
        problems.append(Error("BACKUP_KEYS holds a key of encrypted columns: they must be apart.", id="evenkeel.E016"))
    if not backups:
        problems.append(checks.Warning("BACKUP_KEYS is empty: nobody watches the backups’ age.", id="evenkeel.W001"))
    return problems


def _ways_out() -> list[CheckMessage]:
    """Lines over which passwords or patients’ data would go in clear."""
    problems: list[CheckMessage] = []
    if not settings.PUBLIC_URL.startswith("https://"):
        problems.append(Error("PUBLIC_URL must be https: links to patients begin with it.", id="evenkeel.E017"))
    if not (settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE and settings.SECURE_SSL_REDIRECT):
        problems.append(Error("Cookies and pages must go over https alone.", id="evenkeel.E018"))
    by_smtp = settings.EMAIL_BACKEND.endswith("smtp.EmailBackend")
    if by_smtp and not settings.EMAIL_USE_TLS and settings.EMAIL_HOST not in {"localhost", "127.0.0.1", "::1"}:
        problems.append(Error("EMAIL_URL must use TLS (smtp+tls://) to another machine.", id="evenkeel.E019"))
    if settings.METRICS_PORT and settings.METRICS_PORT in {80, 443, 8000, 8080, 8443}:
        problems.append(Error("METRICS_PORT must be a port that the proxy does not know.", id="evenkeel.E020"))
    return problems


def _private_note_keys() -> list[CheckMessage]:
    try:
        private, fields = crypto.PRIVATE_NOTES.keys(), crypto.FIELDS.keys()
    except crypto.Undecryptable:
        return [Error("PRIVATE_NOTE_KEYS is empty: set id:key pairs for psychotherapy notes.", id="evenkeel.E010")]
    except ValueError as error:
        return [Error(str(error), id="evenkeel.E011")]
    if set(private.values()) & set(fields.values()):
        return [Error("PRIVATE_NOTE_KEYS holds one of FIELD_KEYS: they must be apart.", id="evenkeel.E012")]
    return []
