"""What somebody writes about a message."""

from django import forms

from clinic.forms import CalmForm


class CalledForm(CalmForm, forms.Form):
    required_sentences = {"outcome": "Write what came of it: one sentence is enough."}

    outcome = forms.CharField(label="What came of the call", max_length=200)
