"""What differs between two versions of a text, word by word. Pure."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import NamedTuple

MOST = 2000
"""Words; longer texts are compared line by line."""


class Piece(NamedTuple):
    """A run of words that both have ("same"), or that stands only in yours ("mine") or in the other ("theirs")."""

    where: str
    text: str


def pieces(mine: str, theirs: str) -> list[Piece]:
    """The two texts as one: the pieces that are not “theirs” make up mine, those that are not “mine” make up theirs."""
    ours, others = _parts(mine, theirs)
    found: list[Piece] = []
    for what, a, b, c, d in SequenceMatcher(None, ours, others, autojunk=False).get_opcodes():
        if what == "equal":
            found.append(Piece("same", "".join(ours[a:b])))
            continue
        only = (Piece("mine", "".join(ours[a:b])), Piece("theirs", "".join(others[c:d])))
        found += [piece for piece in only if piece.text]
    return found


def _parts(mine: str, theirs: str) -> tuple[list[str], list[str]]:
    words = [re.findall(r"\S+\s*|\s+", text) for text in (mine, theirs)]
    if max(map(len, words)) > MOST:
        words = [text.splitlines(keepends=True) for text in (mine, theirs)]
    return words[0], words[1]
