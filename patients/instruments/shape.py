"""What a questionnaire consists of."""

from __future__ import annotations

from dataclasses import dataclass

Option = tuple[int, str]

# Stored for a question that the instrument itself tells not to ask: no answer is not the answer “no”.
NOT_ASKED = 9


@dataclass(frozen=True)
class Item:
    number: int
    text: str
    options: tuple[Option, ...]
    hint: str = ""

    @property
    def name(self) -> str:
        return f"item_{self.number}"


@dataclass(frozen=True)
class Instrument:
    """One questionnaire in one wording and one language. Its words are never changed: another wording is a version."""

    key: str
    version: str
    title: str
    stem: str
    items: tuple[Item, ...]
    credit: str
    language: str = "en"
    lead: str = ""
    """What stands above the stem, once."""
    extra: Item | None = None
    """A last question that counts for nothing: the difficulty item of the PHQ-9."""

    def __len__(self) -> int:
        return len(self.items)


def items_of(options: tuple[Option, ...], *texts: str) -> tuple[Item, ...]:
    return tuple(Item(number, text, options) for number, text in enumerate(texts, 1))
