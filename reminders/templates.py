"""The words of every message, with a fixed list of placeholders.

No drug, no diagnosis, no therapist, no kind of visit: a message may be read by whoever holds the phone. A change of
words is a new version. User text only ever fills a placeholder; it is never read as a template.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import Template as Words

PLACEHOLDERS = frozenset({"first_name", "site", "day", "time", "phone", "dates"})


@dataclass(frozen=True)
class Letter:
    """What goes out: a subject line and a body."""

    subject: str
    body: str


@dataclass(frozen=True)
class Template:
    kind: str
    version: str
    language: str
    subject: str
    body: str

    def __post_init__(self) -> None:
        used = set(Words(self.subject).get_identifiers()) | set(Words(self.body).get_identifiers())
        if stray := used - PLACEHOLDERS:
            raise ValueError(f"Template {self.kind}: {', '.join(sorted(stray))} can’t be filled.")

    def fill(self, values: Mapping[str, str]) -> Letter:
        """Raises KeyError when a placeholder has no value: a letter with a hole never goes out."""
        return Letter(
            subject=Words(self.subject).substitute(values),
            body=Words(self.body).substitute(values),
        )


_FOOT = "\n\n$site\n$phone\n\nYou get this because you agreed to messages. Tell us if you want none.\n"
_PIE = "\n\n$site\n$phone\n\nRecibe este mensaje porque aceptó recibirlos. Avísenos si no desea más.\n"

_ALL = (
    Template(
        kind="appointment_72h",
        version="1",
        language="en",
        subject="Your visit on $day",
        body="Hello $first_name,\n\nthis is a reminder of your visit at $site on $day at $time.\n"
        "Please arrange your ride. If the time does not suit you, call us: $phone." + _FOOT,
    ),
    Template(
        kind="appointment_72h",
        version="1",
        language="es",
        subject="Su visita el $day",
        body="Hola $first_name:\n\nle recordamos su visita en $site el $day a las $time.\n"
        "Por favor, organice su transporte. Si la hora no le conviene, llámenos: $phone." + _PIE,
    ),
    Template(
        kind="appointment_24h",
        version="1",
        language="en",
        subject="Your visit tomorrow",
        body="Hello $first_name,\n\nwe look forward to seeing you at $site on $day at $time.\n"
        "Please arrange your ride. If anything has come up, call us: $phone." + _FOOT,
    ),
    Template(
        kind="appointment_24h",
        version="1",
        language="es",
        subject="Su visita de mañana",
        body="Hola $first_name:\n\nle esperamos en $site el $day a las $time.\n"
        "Por favor, organice su transporte. Si ha surgido algo, llámenos: $phone." + _PIE,
    ),
    Template(
        kind="visits_booked",
        version="1",
        language="en",
        subject="Your visits at $site",
        body="Hello $first_name,\n\nthese are your visits at $site:\n\n$dates\n\n"
        "If a time does not suit you, call us: $phone." + _FOOT,
    ),
    Template(
        kind="visits_booked",
        version="1",
        language="es",
        subject="Sus visitas en $site",
        body="Hola $first_name:\n\nestas son sus visitas en $site:\n\n$dates\n\n"
        "Si alguna hora no le conviene, llámenos: $phone." + _PIE,
    ),
)

_BY_KEY = {(template.kind, template.language, template.version): template for template in _ALL}
KINDS = frozenset(template.kind for template in _ALL)


def newest(kind: str, language: str) -> Template:
    """The words in force for a kind, in the patient's language or else in English. Raises KeyError."""
    for tongue in (language, "en"):
        versions = [template for template in _ALL if template.kind == kind and template.language == tongue]
        if versions:
            return max(versions, key=lambda template: int(template.version))
    raise KeyError(kind)


def find(kind: str, language: str, version: str) -> Template:
    """The very words that were planned. Raises KeyError."""
    return _BY_KEY.get((kind, language, version)) or _BY_KEY[(kind, "en", version)]
