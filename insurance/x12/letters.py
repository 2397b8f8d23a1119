"""Names in the letters that X12 has: its basic character set, capitals without accents."""

from __future__ import annotations

import unicodedata

# What X12's basic character set holds beside capitals, digits and the blank, less our own delimiters.
SIGNS = frozenset("!\"&'()+,-./;?=")
# Letters that Unicode doesn't take apart into a plain letter and an accent, and signs people type for plain ones.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŋ": "ng", "ŧ": "t"}
    | {"ə": "e", "’": "'", "‘": "'", "ʼ": "'", "ʻ": "'", "`": "'", "´": "'", "–": "-", "—": "-", "‐": "-", "‑": "-"}
)  # fmt: skip


class Unwritable(ValueError):
    """A name has letters for which X12 has none."""


def written(text: str, most: int) -> str:
    """`"Zoë O’Neill-Łuc"` as `"ZOE O'NEILL-LUC"`, cut to so many signs.

    Nothing of it can be a delimiter of ours. Raises Unwritable for letters of other scripts.
    """
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS)).translate(_LETTERS)
    found: list[str] = []
    for sign in apart:
        if unicodedata.combining(sign):
            continue
        if sign.isascii() and (sign.isalnum() or sign in SIGNS):
            found.append(sign.upper())
        elif sign.isalpha():
            raise Unwritable(text)
        else:
            found.append(" ")
    return " ".join("".join(found).split())[:most].strip()


def number(text: str, most: int) -> str:
    """A member id or another number as payers compare it: without blanks. Raises Unwritable."""
    return written(text, most).replace(" ", "")
