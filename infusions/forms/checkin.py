"""The questions of the day after, as the patient reads them; a nurse on the phone asks the same."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from infusions.checkin_rules import LONGEST, TOPS
from infusions.models import CheckIn

Effect, Bother, Sleep, Thoughts = CheckIn.Effect, CheckIn.Bother, CheckIn.Sleep, CheckIn.Thoughts
NONE = "none"
YES, NO = "yes", "no"

TROUBLES = {
    "mood": _("Choose a number from 0 to 10."),
    "effects": _("Choose what fits, or “None of these”."),
    "bother": _("Choose how much."),
    "sleep": _("Choose how the night was."),
    "bladder": _("Choose yes or no."),
    "thoughts": _("Choose an answer. Every answer is fine here."),
    "effects_words": _("This is too long. Please shorten it."),
}


class CheckInForm(forms.Form):
    """Nothing is required here: what is there is kept, and the verb says what is missing."""

    use_required_attribute = False

    mood = forms.ChoiceField(
        label=_("How is your mood right now?"),
        help_text=_("0 is the worst you can imagine, 10 the best."),
        choices=[(str(number), str(number)) for number in range(TOPS["mood"] + 1)],
        widget=forms.RadioSelect,
        required=False,
    )
    effects = forms.MultipleChoiceField(
        label=_("Have you felt any of these since you left us?"),
        help_text=_("Tick everything that is true."),
        choices=[
            (Effect.NAUSEA, _("Nausea or vomiting")),
            (Effect.HEADACHE, _("Headache")),
            (Effect.DIZZY, _("Dizzy or unsteady")),
            (Effect.UNREAL, _("Feeling unreal or far away")),
            (Effect.ANXIOUS, _("Anxious or restless")),
            (Effect.TIRED, _("Very tired")),
            (Effect.OTHER, _("Something else")),
            (NONE, _("None of these")),
        ],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    effects_words = forms.CharField(
        label=_("Would you like to say more about it?"),
        help_text=_("Only if you want to."),
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control", "maxlength": LONGEST}),
        required=False,
    )
    bother = forms.ChoiceField(
        label=_("How much does it bother you?"),
        choices=[(Bother.NONE, _("Not at all")), (Bother.LITTLE, _("A little")), (Bother.LOT, _("A lot"))],
        widget=forms.RadioSelect,
        required=False,
    )
    sleep = forms.ChoiceField(
        label=_("How did you sleep?"),
        choices=[
            (Sleep.WELL, _("Well")),
            (Sleep.SO_SO, _("So-so")),
            (Sleep.BADLY, _("Badly")),
            (Sleep.NOT, _("Hardly at all")),
        ],
        widget=forms.RadioSelect,
        required=False,
    )
    bladder = forms.ChoiceField(
        label=_("Any burning, blood, or needing to go far more often, when you pass water?"),
        choices=[(NO, _("No")), (YES, _("Yes"))],
        widget=forms.RadioSelect,
        required=False,
    )
    thoughts = forms.ChoiceField(
        label=_("Since you left us, have you had thoughts of being better off dead, or of hurting yourself?"),
        choices=[
            (Thoughts.NONE, _("No")),
            (Thoughts.YES, _("Yes, I have had such thoughts")),
            (Thoughts.PLAN, _("Yes, and I might act on them")),
        ],
        widget=forms.RadioSelect,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("mood", "effects", "bother", "sleep", "bladder", "thoughts"):
            self.fields[name].widget.attrs["class"] = "form-check-input"

    def typed(self) -> dict[str, Any]:
        """What was answered, as the verbs take it; None where it was not, or is no answer."""
        self.is_valid()
        found: dict[str, Any] = {name: self._number(name) for name in ("mood", "bother", "sleep", "thoughts")}
        chosen = self.cleaned_data.get("effects") or []
        found["effects"] = [one for one in chosen if one != NONE] if chosen else None
        found["bladder"] = {YES: True, NO: False}.get(self.cleaned_data.get("bladder", ""))
        found["effects_words"] = self.cleaned_data.get("effects_words", "").strip()
        return found

    def _number(self, name: str) -> int | None:
        value = self.cleaned_data.get(name, "")
        return int(value) if value.isdigit() else None

    def say(self, missing: Any) -> None:
        """Tie what is missing to its question, in the language of the page."""
        for name in missing:
            self.errors.pop(name, None)
            self.add_error(name, TROUBLES[name])


def known(checkin: CheckIn) -> dict[str, Any]:
    """What was kept, as the form shows it."""
    effects = checkin.effects
    numbers = {name: getattr(checkin, name) for name in ("mood", "bother", "sleep", "thoughts")}
    return {
        **{name: str(value) for name, value in numbers.items() if value is not None},
        "effects": (effects or [NONE]) if effects is not None else [],
        "bladder": "" if checkin.bladder is None else YES if checkin.bladder else NO,
        "effects_words": checkin.effects_words,
    }
