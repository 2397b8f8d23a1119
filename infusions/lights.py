"""The lights of the gate: one item each, how they add up, and what of them is shown to whom."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.urls import reverse

from clinic.wording import number
from infusions.gate_facts import Facts
from infusions.models import GateOverride

OK, WARN, STOP, TODO = "ok", "warn", "stop", "todo"

# No provider can let these pass: without them there is no lawful or no safe dose, or the decision is signed elsewhere,
# with its own words: an evaluation, a review, the clearance of a safety alert (a high one is never cleared).
FIRM = frozenset({"consent", "evaluation", "order", "review", "gap", "safety", "identity", "pregnancy", "emergency"})

HOLD = "Clinical hold"
"""What is said aloud, on boards and to those who are told no more."""

UNPAID = "Insurance not settled"
"""The same where only money holds it up, which is no clinical matter."""


@dataclass(frozen=True)
class Where:
    """An address that is only worked out when a page shows it; a board of lights never does."""

    route: str
    pk: UUID
    part: str = ""

    @property
    def link(self) -> str:
        return reverse(self.route, args=[self.pk]) + (f"#{self.part}" if self.part else "")


@dataclass(frozen=True)
class Light:
    """One item of the gate."""

    key: str
    label: str
    state: str
    """ok, warn, stop, or todo."""
    sentence: str = ""
    """What is missing and what to do; empty when nothing is."""
    who: str = ""
    where: Where | None = None
    """The page on which it is mended."""
    override: GateOverride | None = None
    may_pass: bool = False
    """A provider may let this one pass although its kind is firm."""
    findings: str = ""
    """What was found, where the sentence says more than that, or less."""

    @property
    def link(self) -> str:
        return self.where.link if self.where else ""

    @property
    def found(self) -> str:
        """What an override of this light is given for."""
        return self.findings or self.sentence

    @property
    def passed(self) -> bool:
        return self.state == OK or self.override is not None

    @property
    def asks_arrival(self) -> bool:
        """Whether it only waits for the checks on arrival."""
        return self.state == TODO and self.where is not None and self.where.part == "arrival"

    @property
    def is_firm(self) -> bool:
        return self.key in FIRM and not self.may_pass

    @property
    def can_be_overridden(self) -> bool:
        return not self.passed and not self.is_firm

    @property
    def meaning(self) -> str:
        """The word of the page's components: a passed override still asks for a look."""
        if self.override is not None:
            return WARN
        return {TODO: "none"}.get(self.state, self.state)


PRIVATE = frozenset({"pregnancy"})
"""Lights whose finding is for nurse and provider alone (J9)."""

MONEY = frozenset({"coverage"})
"""Lights that front desk and insurance admin may read, and are there to mend."""


def veiled(light: Light) -> Light:
    """A light as therapists see it: whether it holds, never what was found."""
    if light.key not in PRIVATE:
        return light
    if light.passed:
        return Light(light.key, "Test where it applies", OK)
    if light.state == STOP or light.may_pass:
        return Light(light.key, HOLD, STOP, "Ask the nurse or the provider.", "Provider")
    return replace(light, where=None)


@dataclass(frozen=True)
class Summary:
    """The gate of one infusion in a line, for boards and lists."""

    lights: tuple[Light, ...]

    @property
    def veiled(self) -> Summary:
        """As therapists see it."""
        return Summary(tuple(veiled(light) for light in self.lights))

    @cached_property
    def unmet(self) -> tuple[Light, ...]:
        return tuple(light for light in self.lights if not light.passed)

    @property
    def held(self) -> bool:
        """Whether something clinical was found, and is not only still to do: all that front desk may know of it."""
        return any(light.state == STOP and light.key not in MONEY for light in self.unmet)

    @property
    def unpaid(self) -> Light | None:
        """What is not settled about who pays, where that keeps it closed."""
        return next((light for light in self.unmet if light.state == STOP and light.key in MONEY), None)

    @property
    def aloud(self) -> str:
        """What those are told who may not know why."""
        return HOLD if self.held else UNPAID if self.unpaid else ""

    @property
    def ready(self) -> bool:
        return not self.unmet

    @property
    def word(self) -> str:
        """The worst light's own words; "Ready" when there is none."""
        return self.worst.label if self.worst else "Ready"

    @cached_property
    def worst(self) -> Light | None:
        gravity = (STOP, WARN, TODO)
        return min(self.unmet, key=lambda light: gravity.index(light.state), default=None)


def here(facts: Facts, part: str) -> Where:
    """A part of the page beside the chair."""
    return Where("infusions:infusion", facts.infusion.pk, part)


def at(facts: Facts, moment: datetime) -> str:
    """A time on the site's clock, with its day where that is not the day of the visit."""
    local = facts.site.local(moment)
    same_day = local.date() == facts.day
    return f"{local:%H:%M}" if same_day else f"{local:%a} {number(local.day)} {local:%b}, {local:%H:%M}"
