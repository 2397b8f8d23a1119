"""`manage.py check --deploy` fails on settings too weak for patients' data."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from clinic import crypto


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
