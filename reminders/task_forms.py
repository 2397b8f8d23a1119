"""Forms of the task list."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms

from clinic.forms import CalmForm
from reminders import followups


class OutcomeForm(CalmForm, forms.Form):
    """What came of a task: one of its outcomes, and a note where that says nothing by itself."""

    required_sentences = {"outcome": "Choose what came of it."}

    outcome = forms.ChoiceField(label="What came of it", widget=forms.RadioSelect)
    note = forms.CharField(
        label="Note", required=False, max_length=followups.MOST_NOTE, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, choices: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ChoiceField, self.fields["outcome"])
        field.choices = [(words, words) for words in choices]
