"""How a message says a day and an hour, in the language of the patient: long in a letter, short in a text message."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from clinic import wording
from clinic.models import Site

SPANISH_DAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
SPANISH_MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
    "diciembre",
)  # fmt: skip


def day_words(local: datetime, language: str = "en") -> str:
    """`Tuesday, February 2`; `local` stands on the site's wall clock."""
    if language == "es":
        return f"{SPANISH_DAYS[local.weekday()]} {local.day} de {SPANISH_MONTHS[local.month - 1]}"
    return wording.day_words(local)


def short_day(local: datetime, language: str = "en") -> str:
    """`Tue Feb 2`."""
    if language == "es":
        return f"{SPANISH_DAYS[local.weekday()][:3]} {local.day} {SPANISH_MONTHS[local.month - 1][:3]}"
    return f"{local:%a %b} {local.day}"


def moment_words(local: datetime, language: str = "en") -> str:
    """`Tuesday, February 2, 9:00 AM`."""
    return f"{day_words(local, language)}, {wording.time_words(local)}"


MOMENTS = frozenset({"at", "until_at", "until_on", "dates_at"})
"""Values that are moments (ISO 8601): kept as such, and said in the language that the patient has when it is sent."""


def spoken(values: Mapping[str, str], site: Site, language: str) -> dict[str, str]:
    """The values, with each moment among them said in words on the site's wall clock."""

    def local(iso: str) -> datetime:
        return site.local(datetime.fromisoformat(iso))

    said = dict(values)
    if "at" in values:
        at = local(values["at"])
        said |= {"day": day_words(at, language), "time": wording.time_words(at), "short_day": short_day(at, language)}
    if "until_at" in values:
        at = local(values["until_at"])
        said |= {
            "until": moment_words(at, language),
            "short_until": f"{short_day(at, language)}, {wording.time_words(at)}",
        }
    if "until_on" in values:
        at = local(values["until_on"])
        said |= {"until": day_words(at, language), "short_until": short_day(at, language)}
    if "dates_at" in values:
        said["dates"] = "\n".join(f"- {moment_words(local(iso), language)}" for iso in values["dates_at"].split())
    return said
