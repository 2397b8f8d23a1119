"""Names as people write them, as search reads them, and as they sound.

A name is kept as it was typed (`clean`). Search and the duplicate check read a folded copy: lower case, without
accents and punctuation (`fold`), and a code of how each part sounds (`sound`), which goes by consonants as Metaphone
does (L. Philips, Computer Language 7(12), 1990), so that Torres and Torrez, Catherine and Kathryn meet.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING

from patients import phones

if TYPE_CHECKING:
    from patients.models import Patient

SOUND_LENGTH = 14
# Parts of family names that so many people share that alone they say nothing.
PARTICLES = frozenset(
    {"al", "bin", "da", "das", "de", "del", "della", "den", "der", "di", "dos", "du", "el", "ibn", "la", "las", "le"}
    | {"los", "st", "ten", "ter", "van", "von", "y", "zu"}
)
# Letters that Unicode doesn't take apart into a plain letter and an accent.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŋ": "ng"}
)
_APOSTROPHES = re.compile("['’‘ʼ`´ʻ]")

# Read from top to bottom on a lower-case word of a to z. Capitals are sounds already settled; X is “sh”.
_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"^(?:kn|gn|pn)", "N"),
        (r"^wr", "R"),
        (r"^ps", "S"),
        (r"^pf", "F"),
        (r"^x", "S"),
        (r"^mac(?=[^aeiouy])|^mc", "MK"),
        (r"^y(?=[^aeiouy]|$)", "A"),
        (r"mb$", "M"),
        (r"dt$", "T"),
        (r"sch|tch|sh", "X"),
        (r"ch(?=[rlmn]|ae)", "K"),
        (r"ch", "X"),
        (r"(?<!^)[stc]i(?=[ao])", "X"),
        (r"q[uv]?", "K"),
        (r"ph|v|f", "F"),
        (r"ght", "T"),
        (r"gh(?![aeiouy])", ""),
        (r"gh", "K"),
        (r"d?g(?=[eiy])|j", "J"),
        (r"tz|ts|z", "S"),
        (r"th|t", "T"),
        (r"c(?=[eiy])", "S"),
        (r"ck|kh|[ckg]", "K"),
        (r"x", "KS"),
        (r"s", "S"),
        (r"^wh?(?=[aeiouy])", "W"),
        (r"^h(?=[aeiouy])", "H"),
        (r"^[aeiouy]+", "A"),
        (r"[aeiouyhw]", ""),
    )
)


def clean(text: str) -> str:
    """A name as typed, in composed form, without control characters and doubled blanks."""
    composed = unicodedata.normalize("NFC", text)
    printable = "".join(" " if unicodedata.category(sign) in {"Cc", "Zl", "Zp"} else sign for sign in composed)
    return " ".join(printable.split())


def fold(text: str) -> str:
    """`"Zoë O’Neill-Łuc"` as `"zoe oneill luc"`; letters of other scripts and digits stay."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(sign for sign in apart if not unicodedata.combining(sign)).translate(_LETTERS)
    joined = _APOSTROPHES.sub("", plain)
    return " ".join("".join(sign if sign.isalnum() else " " for sign in joined).split())


def sound(word: str) -> str:
    """How one word sounds, in consonants. A word without Latin letters sounds like itself."""
    folded = fold(word).replace(" ", "")
    heard = re.sub(r"[^a-z]", "", folded)
    if not heard:
        return folded[:SOUND_LENGTH]
    for pattern, code in _RULES:
        heard = pattern.sub(code, heard)
    return re.sub(r"(.)\1+", r"\1", heard.upper())[:SOUND_LENGTH]


def _sounds(*names: str) -> set[str]:
    """The sounds of each name as a whole and of its telling parts."""
    found: set[str] = set()
    for name in names:
        words = fold(name).split()
        telling = [word for word in words if word not in PARTICLES]
        found |= {sound(word) for word in (*telling, "".join(words))}
    return found - {""}


def sounds_like(given: Iterable[str], family: Iterable[str]) -> list[str]:
    """The codes kept with a patient: `g:` for what the person is called, `f:` for the family."""
    return sorted({f"g:{code}" for code in _sounds(*given)} | {f"f:{code}" for code in _sounds(*family)})


def sound_alike(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether a given and a family name sound alike on both sides, or do so when one side has them swapped."""
    given, family = _split(one)
    their_given, their_family = _split(other)
    return bool((given & their_given and family & their_family) or (given & their_family and family & their_given))


def _split(codes: Iterable[str]) -> tuple[set[str], set[str]]:
    every = list(codes)
    return {code[2:] for code in every if code[:1] == "g"}, {code[2:] for code in every if code[:1] == "f"}


def sort_key(given_name: str, family_name: str) -> str:
    """How a list is sorted: Ångström under A, de la Cruz under D, whatever the database thinks of accents."""
    return f"{fold(family_name)} {fold(given_name)}".strip()


def search_text(patient: Patient) -> str:
    """What search reads, and what lists are sorted by: family name, given name, then all else one may look for."""
    numbers = (phones.digits(number) for number in (patient.phone, patient.phone_other))
    words = (
        sort_key(patient.given_name, patient.family_name),
        patient.preferred_name,
        patient.middle_name,
        patient.mrn,
        *numbers,
    )
    return " ".join(folded for word in words if (folded := fold(word)))


def index(patient: Patient) -> None:
    """Set what search and the duplicate check read. To be called before each save that changes a name or number."""
    patient.search_text = search_text(patient)
    patient.sounds_like = sounds_like(
        (patient.given_name, patient.preferred_name, patient.middle_name), (patient.family_name,)
    )
