"""The pages of the intake, in their order: what each asks, and whether what was typed there is whole. No ORM."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from patients.forms import intake as ask

Answers = Mapping[str, list[str]]
LONGEST = 2000  # of one answer, in characters; the forms have limits of their own
MOST_ROWS = 40
MISSING = _("Write at least one, or tick the line below.")
BOTH = _("You wrote something here and ticked that there is nothing. Take one of them away.")


@dataclass(frozen=True)
class Rows:
    """A list on a page, as long as the patient needs it; `none` says in one tick that it is empty."""

    key: str
    title: str | Promise
    add: str | Promise
    form: type[ask.PlainForm]
    none: type[ask.PlainForm]
    first: int = 1


@dataclass(frozen=True)
class Part:
    key: str
    title: str | Promise
    form: type[ask.PlainForm]


@dataclass(frozen=True)
class Step:
    key: str
    title: str | Promise
    hint: str | Promise
    parts: tuple[Part | Rows, ...] = ()


STEPS: tuple[Step, ...] = (
    Step(
        "about",
        _("Your health"),
        _("We ask so that the treatment is safe for you. Only your care team reads this."),
        (Part("about", "", ask.AboutForm),),
    ),
    Step(
        "medicines",
        _("Medicines and allergies"),
        _("Have the boxes at hand, if you can. Also those without a prescription, herbs, and cannabis."),
        (
            Rows("medicine", _("Your medicines"), _("Add a medicine"), ask.MedicineRow, ask.NoMedicineForm, first=2),
            Rows("allergy", _("Your allergies"), _("Add an allergy"), ask.AllergyRow, ask.NoAllergyForm),
        ),
    ),
    Step(
        "treatments",
        _("What you have tried"),
        _("Treatments for your mood, worry or pain, as far as you remember."),
        (Rows("treatment", _("Earlier treatments"), _("Add a treatment"), ask.TreatmentRow, ask.NoTreatmentForm),),
    ),
    Step(
        "goals",
        _("Your goals, and your ride home"),
        _("What should be better in your life? And who takes you home? You can’t drive until the next day."),
        (Part("goal", _("Your goals"), ask.GoalsForm), Part("escort", _("Your ride home"), ask.EscortForm)),
    ),
    Step(
        "cards",
        _("Insurance cards"),
        _("Take a photo of both sides of your card. The photos go to us alone."),
        (Part("cards", "", ask.CardsForm),),
    ),
    Step("consents", _("Read and sign"), _("Please read each text in peace. Ask us whatever you want to know.")),
)
BY_KEY: Mapping[str, Step] = {step.key: step for step in STEPS}
REVIEW = "review"
COUNT = len(STEPS) + 1  # with the last look


def number_of(key: str) -> int:
    return COUNT if key == REVIEW else [step.key for step in STEPS].index(key) + 1


def after(key: str) -> str:
    return STEPS[number_of(key)].key if number_of(key) < len(STEPS) else REVIEW


def before(key: str) -> str:
    number = number_of(key)
    return STEPS[number - 2].key if number > 1 else ""


@dataclass
class Bound:
    """A part of a page with what was typed; `trouble` is what is wrong with the list as a whole."""

    part: Part | Rows
    form: ask.PlainForm
    rows: list[ask.PlainForm] = field(default_factory=list)
    trouble: str | Promise = ""

    @property
    def filled(self) -> list[ask.PlainForm]:
        return [row for row in self.rows if row.has_changed()]


class Page:
    """A step with what was typed there; blank where nothing was."""

    def __init__(self, step: Step, answers: Answers | None) -> None:
        self.step, self.answers = step, dict(answers or {})
        self.is_blank = answers is None
        self.bound = [self._bind(part) for part in step.parts]

    def _bind(self, part: Part | Rows) -> Bound:
        data = None if self.is_blank else MultiValueDict(self.answers)
        form = (part.none if isinstance(part, Rows) else part.form)(data, prefix=part.key)
        if isinstance(part, Part):
            return Bound(part, form)
        rows = [self._row(part, number, data) for number in range(self.count_of(part))]
        bound = Bound(part, form, rows)
        if data is not None and form.is_valid():
            bound.trouble = _of_list(bound, bool(form.cleaned_data["none"]))
        return bound

    @staticmethod
    def _row(part: Rows, number: int, data: Any) -> ask.PlainForm:
        """A row that is left empty asks for nothing."""
        row = part.form(data, prefix=f"{part.key}-{number}", empty_permitted=True)
        row.use_required_attribute = False
        return row

    def count_of(self, part: Rows) -> int:
        try:
            wanted = int(self.answers.get(f"{part.key}-count", [""])[0])
        except (ValueError, IndexError):
            wanted = part.first
        return min(max(wanted, part.first), MOST_ROWS)

    def is_whole(self) -> bool:
        """Whether every part of the page holds."""
        if self.is_blank and self.step.parts:
            return False
        valid = [form.is_valid() for bound in self.bound for form in (bound.form, *bound.rows)]
        return all(valid) and not any(bound.trouble for bound in self.bound)

    def mark(self) -> list[tuple[str, str]]:
        """Say at each input what is wrong with it. Answers the same as a list: where it stands, and its words."""
        found: list[tuple[str, str]] = []
        for bound in self.bound:
            if bound.trouble:
                found.append((f"{bound.part.key}-trouble", str(bound.trouble)))
            for form in (*bound.rows, bound.form):
                form.mark()
                found += [(f"{form[name].auto_id}-trouble", str(says[0])) for name, says in form.errors.items()]
        return found

    def part(self, key: str) -> Bound:
        return next(bound for bound in self.bound if bound.part.key == key)


def _of_list(bound: Bound, none: bool) -> str | Promise:
    if none and bound.filled:
        return BOTH
    return "" if none or bound.filled else MISSING


def typed(step: Step, data: Any) -> dict[str, list[str]]:
    """What was sent for this page, and nothing else; a field too many, or too long a text, goes no further."""
    answers: dict[str, list[str]] = {}
    for part in step.parts:
        if not isinstance(part, Rows):
            _take(answers, data, part.key, part.form)
            continue
        _take(answers, data, part.key, part.none)
        count = f"{part.key}-count"
        if data.get(count, "").isdigit():
            answers[count] = [str(min(int(data[count][:4]), MOST_ROWS))]
        for number in range(min(int(answers.get(count, [str(part.first)])[0]), MOST_ROWS)):
            _take(answers, data, f"{part.key}-{number}", part.form)
    return answers


def _take(answers: dict[str, list[str]], data: Any, prefix: str, form: type[forms.Form]) -> None:
    for name in form.base_fields:
        values = [value[:LONGEST].replace("\x00", "") for value in data.getlist(f"{prefix}-{name}")][:MOST_ROWS]
        if any(values):
            answers[f"{prefix}-{name}"] = values


def with_one_more(step: Step, answers: Answers, key: str) -> dict[str, list[str]]:
    """The same answers with one more empty row in the list of that name."""
    part = next((one for one in step.parts if isinstance(one, Rows) and one.key == key), None)
    if part is None:
        return dict(answers)
    return dict(answers) | {f"{key}-count": [str(min(Page(step, answers).count_of(part) + 1, MOST_ROWS))]}
