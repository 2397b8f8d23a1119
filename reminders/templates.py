"""The words of every message, with a fixed list of placeholders.

No drug, no diagnosis, no therapist, no kind of visit: a message may be read by whoever holds the phone. A change of
words is a new version. User text only ever fills a placeholder; it is never read as a template.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import Template as Words

from clinic import crypto

PLACEHOLDERS = frozenset({"first_name", "site", "day", "time", "phone", "dates", "link", "until"})
SECRET = frozenset({"link"})  # whoever has it may answer for the patient, so the ledger keeps it encrypted


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
        kind="slot_offer",
        version="1",
        language="en",
        subject="A time has come free at $site",
        body="Hello $first_name,\n\na time has come free at $site: $day at $time.\n"
        "Would you like it? Please answer by $until:\n\n$link\n\n"
        "Whoever answers first has it. If it does not suit you, you stay on our list. You can also call us: $phone."
        + _FOOT,
    ),
    Template(
        kind="slot_offer",
        version="1",
        language="es",
        subject="Ha quedado libre una hora en $site",
        body="Hola $first_name:\n\nha quedado libre una hora en $site: $day a las $time.\n"
        "¿La quiere? Por favor, responda antes de: $until\n\n$link\n\n"
        "La recibe quien responda primero. Si no le conviene, sigue en nuestra lista. "
        "También puede llamarnos: $phone." + _PIE,
    ),
    Template(
        kind="slot_gone",
        version="1",
        language="en",
        subject="The time on $day is taken",
        body="Hello $first_name,\n\nthe time we offered you at $site, $day at $time, is no longer free. We are sorry.\n"
        "You stay on our list, and what you have booked is unchanged." + _FOOT,
    ),
    Template(
        kind="slot_gone",
        version="1",
        language="es",
        subject="La hora del $day ya no está libre",
        body="Hola $first_name:\n\nla hora que le ofrecimos en $site, el $day a las $time, ya no está libre. "
        "Lo sentimos.\nSigue en nuestra lista, y lo que tiene reservado no cambia." + _PIE,
    ),
    Template(
        kind="slot_yours",
        version="1",
        language="en",
        subject="Your visit is on $day",
        body="Hello $first_name,\n\nthe time is yours: $day at $time at $site.\n"
        "Please arrange your ride. If anything comes up, call us: $phone." + _FOOT,
    ),
    Template(
        kind="slot_yours",
        version="1",
        language="es",
        subject="Su visita es el $day",
        body="Hola $first_name:\n\nla hora es suya: $day a las $time en $site.\n"
        "Por favor, organice su transporte. Si surge algo, llámenos: $phone." + _PIE,
    ),
    Template(
        kind="patient_link",
        version="1",
        language="en",
        subject="Some questions from $site",
        body="Hello $first_name,\n\nplease answer some questions for us. You need no account and no app:\n\n$link\n\n"
        "We ask for your birth date first. The link works until $until, on your phone or computer, and it is for you "
        "alone: please don't pass it on. Nothing is lost when you stop in between." + _FOOT,
    ),
    Template(
        kind="patient_link",
        version="1",
        language="es",
        subject="Unas preguntas de $site",
        body="Hola $first_name:\n\npor favor, responda unas preguntas. No necesita cuenta ni aplicación:\n\n$link\n\n"
        "Primero le pedimos su fecha de nacimiento. El enlace funciona hasta el $until, en su teléfono o computadora, "
        "y es solo para usted: por favor, no lo comparta. No se pierde nada si se detiene a la mitad." + _PIE,
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


def seal(values: Mapping[str, str]) -> dict[str, str]:
    """The values as the ledger keeps them: secrets encrypted."""
    return dict(values) | {
        name: crypto.encrypt(values[name], context=f"message.{name}") for name in SECRET & set(values)
    }


def unseal(values: Mapping[str, str]) -> dict[str, str]:
    """The values as the letter says them."""
    return dict(values) | {
        name: crypto.decrypt(values[name], context=f"message.{name}") for name in SECRET & set(values)
    }
