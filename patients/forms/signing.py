"""The form under a text that is to be signed: by link in the patient's language, and on the staff's own page."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.errors import Invalid
from clinic.forms import CalmForm
from patients import consents, signatures
from patients.consents import ConsentText, Signature
from patients.contact_words import WORDS
from patients.models import Patient

SELF, OTHER = "self", "other"
DRAWN, TYPED = consents.Method.DRAWN.value, consents.Method.TYPED.value


class SignatureForm(CalmForm, forms.Form):
    """Who signs, for whom, how, and the strokes; everything that is wrong is said at once."""

    picks = ("signs", "method")

    text = forms.CharField(widget=forms.HiddenInput, required=False)
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    channels = forms.MultipleChoiceField(
        label=_("How we may reach you"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": consents.ASK_CHANNEL},
    )
    signs = forms.ChoiceField(
        label=_("Who signs?"),
        choices=[(SELF, _("I am the patient")), (OTHER, _("I sign for the patient"))],
        initial=SELF,
    )
    signer_name = forms.CharField(
        label=_("Your full name"), max_length=120, error_messages={"required": consents.ASK_NAME}
    )
    relation = forms.CharField(
        label=_("How are you related to the patient?"),
        help_text=_("For example parent, legal guardian, or health care agent."),
        max_length=60,
        required=False,
    )
    reader_aid = forms.CharField(
        label=_("Who read this text to you, or interpreted it?"),
        help_text=_("Leave this empty if you read it yourself."),
        max_length=120,
        required=False,
    )
    questions = forms.BooleanField(
        label=_("My questions have been answered, or I have none."),
        error_messages={"required": consents.ASK_QUESTIONS},
    )
    method = forms.ChoiceField(
        label=_("How do you want to sign?"),
        choices=[(DRAWN, _("Draw my signature")), (TYPED, _("Type my name"))],
        initial=DRAWN,
    )
    strokes = forms.CharField(label=_("Signature"), widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, patient: Patient, wording: ConsentText, **kwargs: Any) -> None:
        kwargs["initial"] = {"text": wording.sha256, "form_key": uuid4()} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.wording = wording
        for name in ("signer_name", "relation", "reader_aid"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        if wording.kind == consents.Kind.CONTACT:
            self._offer(patient)
        else:
            del self.fields["channels"]

    def _offer(self, patient: Patient) -> None:
        """Only ways for which the record has an address or a number."""
        offered = [
            (key, words.said(self.wording.language)) for key, words in WORDS.items() if getattr(patient, words.needs)
        ]
        field = self.fields["channels"]
        field.choices = offered  # type: ignore[attr-defined]
        field.widget.choices = offered

    def clean(self) -> dict[str, Any]:
        typed = self.cleaned_data
        if typed.get("signs") == OTHER and not typed.get("relation"):
            self.add_error("relation", str(consents.ASK_RELATION))
        if typed.get("method") == DRAWN:
            try:
                typed["strokes"] = signatures.read(typed.get("strokes", ""))
            except Invalid as error:
                self.refuse(error)
        return typed

    @property
    def signature(self) -> Signature:
        typed = self.cleaned_data
        return Signature(
            signer_name=typed["signer_name"],
            relation=typed["relation"] if typed["signs"] == OTHER else "",
            method=typed["method"],
            strokes=typed["strokes"] if typed["method"] == DRAWN else None,
            reader_aid=typed["reader_aid"],
            questions_answered=typed["questions"],
            form_key=typed["form_key"],
        )
