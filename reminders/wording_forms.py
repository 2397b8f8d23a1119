from __future__ import annotations

from typing import Any

from django import forms

from clinic.forms import CalmForm
from reminders.message_kinds import MessageKind
from reminders.rules import SENDER_LIMIT
from reminders.templates import Template


class WordingForm(CalmForm, forms.Form):
    """The words of one kind in one language: the letter, and the same as a text message."""

    based_on = forms.CharField(widget=forms.HiddenInput, required=False)
    required_sentences = dict.fromkeys(("subject", "body", "text"), "Write what is to be said.")

    subject = forms.CharField(label="Subject of the letter")
    body = forms.CharField(
        label="Letter",
        widget=forms.Textarea(attrs={"rows": "12"}),
        help_text="The clinic’s name and phone, and how to have no more of it, are put below.",
    )
    text = forms.CharField(label="Text message", widget=forms.Textarea(attrs={"rows": "3"}))
    note = forms.CharField(label="Why", required=False, max_length=200)
    planned_too = forms.BooleanField(required=False)

    def __init__(self, *args: Any, kind: MessageKind, standing: Template, waiting: int, **kwargs: Any) -> None:
        words = {name: getattr(standing, name) for name in ("subject", "body", "text")}
        super().__init__(*args, initial=words | {"based_on": standing.version}, **kwargs)
        if kind.only_text:
            del self.fields["subject"], self.fields["body"]
        self.fields["planned_too"].label = f"Say what waits to be sent ({waiting}) in these words, too"
        if not waiting:
            del self.fields["planned_too"]

    def typed(self) -> dict[str, str]:
        """The words as they were typed, or as they stand."""
        names = ("subject", "body", "text")
        if not self.is_bound:
            return {name: str(self.initial[name]) for name in names}
        return {name: self.data.get(name, "") for name in names}


class SenderForm(CalmForm, forms.Form):
    required_sentences = {"name": "Write how patients know the clinic."}

    name = forms.CharField(
        label="Name in messages",
        max_length=SENDER_LIMIT,
        help_text="As patients know the clinic, without a word that tells what it treats.",
    )
