"""What is known of those who respond late, beside the decision (protocol 3.3). Read, never computed with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fact:
    """A sentence from a study, and where it is from."""

    sentence: str
    source: str


SLOW_RESPONSE = (
    Fact(
        "58 % of those without an early gain after the first or second infusion were still 20 % better by the fourth.",
        "CRTCE, real-world clinic",
    ),
    Fact(
        "Of those without a response after the second infusion 20 % reached remission later; after the first, 40 %.",
        "Bio-K trial",
    ),
    Fact(
        "Less than 20 % better a day after the fourth infusion foretold no response with a sensitivity above 90 %.",
        "TP24, 135 patients, six infusions",
    ),
    Fact("These studies used MADRS or QIDS. To apply 20 % to PHQ-9 is this clinic’s own rule.", "Protocol, 3.3"),
)
