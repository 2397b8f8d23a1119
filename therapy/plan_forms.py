"""The forms of an integration plan: its words, and its steps in rows."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from django import forms
from django.forms import BaseFormSet, formset_factory

from clinic.forms import CalmForm
from therapy.integration_plans import MOST_STEPS, TEXTS, Draft, Step
from therapy.models import CollateralConsent, IntegrationPlan


class Asked(forms.CharField):
    """Needed before a plan is given but not for its draft: not called optional on the page, asked for by the verb."""

    def validate(self, value: str) -> None:
        pass


class PlanForm(CalmForm, forms.ModelForm):  # type: ignore[type-arg]  # no generic at run time
    """The words of a plan; what must be there is asked for when it is given, not while it is a draft."""

    version = forms.IntegerField(widget=forms.HiddenInput(attrs={"id": "version"}), required=False)
    number = forms.IntegerField(widget=forms.HiddenInput(attrs={"id": "number"}), required=False)
    insights = Asked(
        label="What became clear, in the patient’s own words",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "ek-voice-in"}),
    )
    warning_signs = Asked(
        label="Warning signs", max_length=1000, help_text="One on each line.", widget=forms.Textarea(attrs={"rows": 3})
    )

    class Meta:
        model = IntegrationPlan
        fields = (*TEXTS, "wants_reminders")
        widgets = {
            "supports": forms.Textarea(attrs={"rows": 3}),
            "homework": forms.Textarea(attrs={"rows": 3}),
        }

    @property
    def texts(self) -> dict[str, str]:
        return {name: self.cleaned_data.get(name) or "" for name in TEXTS}


class StepForm(CalmForm, forms.Form):
    """One row; an empty one is no step."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    insight = forms.CharField(label="From which insight", max_length=300, required=False)
    action = Asked(label="What to do", max_length=300)
    due_on = forms.DateField(label="By", required=False)
    with_whom = forms.CharField(label="With whom", max_length=120, required=False)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = self.cleaned_data
        if not typed.get("action", "").strip() and any(typed.get(name) for name in ("insight", "due_on", "with_whom")):
            self.add_error("action", "Write what is to be done, or empty the whole row.")
        return typed


Steps = formset_factory(StepForm, extra=0, max_num=MOST_STEPS, absolute_max=MOST_STEPS)


def forms_of(plan: IntegrationPlan | None, *, number: int) -> tuple[PlanForm, BaseFormSet[StepForm]]:
    """The forms as the draft of this number stands; one that is new begins with what the last plan says.

    There are rows for as many steps as a plan may have; the page shows those that are filled, and one more.
    """
    version = plan.version if plan and plan.number == number else None
    form = PlanForm(instance=plan, initial={"version": version, "number": number})
    rows: list[dict[str, Any]] = [
        {"key": step.key, "insight": step.insight, "action": step.action, "due_on": step.due_on,
         "with_whom": step.with_whom}
        for step in (plan.steps.all() if plan else ())
    ]  # fmt: skip
    return form, Steps(initial=[*rows, *({} for _ in range(MOST_STEPS - len(rows)))], prefix="steps")


def drafted(form: PlanForm, steps: BaseFormSet[StepForm]) -> Draft:
    """What was typed, as the verb takes it: each row that says what is to be done, with what of it could be read."""
    rows = [row.cleaned_data for row in steps.forms if row.cleaned_data.get("action", "").strip()]
    return Draft(
        texts=form.texts,
        steps=[
            Step(
                row["action"],
                row.get("insight", ""),
                row.get("due_on"),
                row.get("with_whom", ""),
                _key(row.get("key")),
            )
            for row in rows
        ],
        wants_reminders=form.cleaned_data["wants_reminders"],
    )


class Difference(NamedTuple):
    label: str
    theirs: str


def differences(form: PlanForm, steps: BaseFormSet[StepForm], stands: IntegrationPlan | None) -> list[Difference]:
    """What stands in another window's plan where this page says something else; a deleted or empty text is one too."""
    if stands is None:
        return []
    mine = drafted(form, steps)
    found = [
        Difference(str(form.fields[name].label), getattr(stands, name))
        for name in TEXTS
        if mine.texts[name].replace("\r\n", "\n").strip() != getattr(stands, name)
    ]
    theirs = [(step.action, step.insight, step.due_on, step.with_whom) for step in stands.steps.all()]
    if [(step.action, step.insight, step.due_on, step.with_whom) for step in mine.steps] != theirs:
        found.append(Difference("Steps", "\n".join(", ".join(str(part) for part in row if part) for row in theirs)))
    return found


def _key(value: Any) -> UUID | None:
    return value if isinstance(value, UUID) else None


class ConsentForm(CalmForm, forms.ModelForm):  # type: ignore[type-arg]  # no generic at run time
    """Whom the patient allows to write."""

    picks = ("how",)

    class Meta:
        model = CollateralConsent
        fields = ("name", "relation", "how")
