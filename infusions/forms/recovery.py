"""The way home: what is ticked before a patient leaves, and what is written when one leaves against advice."""

from __future__ import annotations

from typing import Any, ClassVar

from crispy_forms.layout import HTML, Column, Field, Layout, Row
from django import forms

from clinic.errors import Invalid
from clinic.policy import Action
from infusions.discharge import SELF, Farewell
from infusions.forms.chair import AskedField
from infusions.forms.witness import WitnessForm
from infusions.models import Discharge
from patients import signatures
from patients.models import Contact

WAYS = [*Discharge.WayHome.choices, (SELF, "Drives themself")]
PAD = '{% include "patients/_sign_pad.html" with field=form.strokes drawn=form.strokes.value %}'
CRITERIA = ("oriented", "steady", "no_active_si", "iv_out", "instructions_given")


class DischargeForm(WitnessForm):
    """The way home (protocol 2.6). Another person's password is asked of the provider who releases, and only then."""

    action = Action.OVERRIDE_GATE
    picks = ("scale",)
    required_sentences: ClassVar[dict[str, str]] = {"password": "The provider types their own password here."}

    scale = forms.ChoiceField(label="Scale", choices=Discharge.Scale.choices, initial=Discharge.Scale.ALDRETE)
    aldrete = forms.IntegerField(label="Score", min_value=0, max_value=10, help_text="0 to 10")
    oriented = forms.BooleanField(label="Oriented to person, place, time and situation", required=False)
    steady = forms.BooleanField(label="Walks steadily", required=False)
    no_active_si = forms.BooleanField(label="No active suicidal thoughts", required=False)
    iv_out = forms.BooleanField(label="IV out", required=False)
    instructions_given = forms.BooleanField(label="Written instructions given and understood", required=False)
    escort_name = AskedField(label="Goes home with", max_length=120)
    escort_relation = AskedField(label="Relation", max_length=60)
    way_home = forms.ChoiceField(label="How", choices=WAYS, initial=Discharge.WayHome.ESCORT)
    released_reason = forms.CharField(
        label="Provider’s reason to release before all is met", required=False, max_length=300
    )

    field_order = (
        "scale", "aldrete", *CRITERIA, "escort_name", "escort_relation", "way_home", "released_reason", "witness",
        "password",
    )  # fmt: skip

    def __init__(self, *args: Any, escort: Contact | None = None, may_release: bool = False, **kwargs: Any) -> None:
        initial = {"escort_name": escort.name, "escort_relation": escort.relation} if escort else {}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["witness"].label = "Provider who releases"
        self.fields["witness"].required = self.fields["password"].required = False
        self.fields["password"].label = "Password of the provider"
        signer: tuple[Any, ...] = (Row(Column("witness"), Column("password"), css_class="g-3 mb-3"),)
        if may_release:
            del self.fields["witness"], self.fields["password"]
            signer = ()
        self.helper.layout = Layout(*self.rows(), Field("released_reason"), *signer)

    def rows(self) -> tuple[Any, ...]:
        return (
            Row(Column("scale"), Column("aldrete"), css_class="g-3 mb-3"),
            *CRITERIA,
            Row(Column("escort_name"), Column("escort_relation"), css_class="g-3 mb-3 mt-2"),
            "way_home",
        )

    def clean(self) -> dict[str, Any]:
        typed = super().clean()
        if typed.get("witness") and not typed.get("password"):
            self.add_error("password", self.required_sentences["password"])
        return typed

    def values(self) -> dict[str, Any]:
        """As `discharge.discharge` takes them."""
        data = dict(self.cleaned_data)
        data.pop("password", None)
        data["released_by"] = data.pop("witness", None)
        return data


class AgainstAdviceForm(DischargeForm):
    """The same findings, and what a leave against advice asks for: explained, signed or refused, a provider's name."""

    explained = forms.CharField(
        label="What was explained and offered", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The risks of leaving now, what to watch for, whom to call, and that staying was offered.",
        error_messages={"required": "Write which risks were explained and what was offered."},
    )  # fmt: skip
    signed_name = forms.CharField(
        label="Patient’s full name",
        max_length=120,
        required=False,
        help_text="Of the one who signs in the box; without lines in the box, the typed name stands as the signature.",
    )
    strokes = forms.CharField(required=False, widget=forms.HiddenInput)
    refusal = forms.CharField(label="Or: refused to sign, and said", max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reason = self.fields["released_reason"]
        reason.label, reason.required = "Why the patient leaves", True
        reason.error_messages["required"] = "Write why the patient leaves now."
        for name in ("witness", "password"):
            if name in self.fields:
                self.fields[name].required = True
                self.fields[name].error_messages["required"] = "A provider signs this on the same screen."
        signer = (Row(Column("witness"), Column("password"), css_class="g-3 mb-3"),) if "witness" in self.fields else ()
        signed = Layout(Row(Column("signed_name"), Column("refusal"), css_class="g-3 mb-3"), HTML(PAD))
        self.helper.layout = Layout(*self.rows(), "released_reason", "explained", signed, *signer)

    def clean_strokes(self) -> signatures.Strokes | None:
        drawn = self.cleaned_data["strokes"]
        try:
            return signatures.read(drawn) if drawn else None
        except Invalid as error:
            raise forms.ValidationError(error.fields["strokes"]) from error

    def values(self) -> dict[str, Any]:
        data = super().values()
        words = {name: data.pop(name) for name in ("explained", "signed_name", "refusal", "strokes")}
        return data | {"farewell": Farewell(**words)}
