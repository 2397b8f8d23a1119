"""Pure rules of a text message: what its characters cost, and which words may not stand in it.

A text of 160 characters holds as long as each is in the alphabet of the first mobile phones (GSM 03.38, 3GPP TS
23.038 section 6.2.1); a single character outside it halves the space to 70 (UCS-2). So what is no such letter is
written with the nearest one: the á of “sábado” as a.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from reminders.rules import TEXT_LIMIT

_ALPHABET = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_DOUBLE = frozenset("^{}\\[~]|€\f")  # behind an escape: each costs two
_NEAREST = str.maketrans({
    "’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " ",
    "\u202f": " ", "\t": " ", "ç": "Ç", "Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "Ð": "D", "ð": "d", "Þ": "Th",
    "þ": "th", "œ": "oe", "Œ": "OE", "ı": "i", "ª": "a", "º": "o", "·": "-", "•": "-",
})  # fmt: skip
UCS2_LIMIT = 70

# What may not be read over somebody's shoulder (protocol 7.3, S-Telehealth): beginnings of words, without accents.
FORBIDDEN = {
    "en": (
        "ketamin", "esketamin", "spravato", "infusi", "infused", "iv drip", "drug", "medication", "medicine",
        "prescri", "dose", "dosage", "diagnos", "disorder", "depress", "anxi", "bipolar", "ptsd", "trauma", "suicid",
        "mental", "psych", "therap", "counsel", "treatment", "overdose", "addict", "booster", "pregnan",
    ),
    "es": (
        "ketamin", "esketamin", "infusi", "suero", "farmac", "droga", "medicament", "medicacion", "medicina", "receta",
        "dosis", "diagnos", "trastorno", "depresi", "ansiedad", "bipolar", "trauma", "suicid", "mental", "psic",
        "psiq", "terap", "tratamiento", "sobredosis", "adicc", "embaraz",
    ),
}  # fmt: skip
_FORBIDDEN = re.compile(r"\b(?:" + "|".join(sorted({*FORBIDDEN["en"], *FORBIDDEN["es"]})) + r")\w*")


@dataclass(frozen=True)
class Length:
    """What a text costs: `used` of `limit` characters, in one alphabet or the other."""

    used: int
    limit: int
    plain: bool

    @property
    def fits(self) -> bool:
        return self.used <= self.limit


def nearest(text: str) -> str:
    """The same words in the plain alphabet; what has no likeness in it is left out."""
    return "".join(_letter(letter) for letter in text.translate(_NEAREST))


def _letter(letter: str) -> str:
    if letter in _ALPHABET or letter in _DOUBLE:
        return letter
    bare = unicodedata.normalize("NFKD", letter)
    return "".join(part for part in bare if part in _ALPHABET)


def strangers(text: str) -> list[str]:
    """The characters that not even `nearest` can write, each once: they would be missing."""
    return sorted({letter for letter in text.translate(_NEAREST) if not _letter(letter)})


def length(text: str) -> Length:
    """What the text costs as it stands."""
    if all(letter in _ALPHABET or letter in _DOUBLE for letter in text):
        return Length(len(text) + sum(letter in _DOUBLE for letter in text), TEXT_LIMIT, plain=True)
    return Length(len(text.encode("utf-16-be")) // 2, UCS2_LIMIT, plain=False)


def one_line(text: str) -> str:
    """Line ends and doubled spaces, as a value may bring them, become one space."""
    return " ".join(text.split())


def forbidden(text: str) -> list[str]:
    """The words that give away what the clinic does, each once, in either language."""
    bare = "".join(part for part in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(part))
    return list(dict.fromkeys(_FORBIDDEN.findall(bare)))
