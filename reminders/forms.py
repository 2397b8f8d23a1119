from django import forms

from clinic.forms import CalmForm


class OutcomeForm(CalmForm, forms.Form):
    required_sentences = {"outcome": "Write what came of it: one sentence is enough."}

    outcome = forms.CharField(label="What came of it", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
