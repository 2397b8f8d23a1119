from django import forms

from clinic.forms import CalmForm
from reminders.models import ContactPreference


class PreferenceForm(CalmForm, forms.Form):
    picks = ("way",)

    way = forms.ChoiceField(label="Reached best by", choices=ContactPreference.Way.choices)


class MobileForm(CalmForm, forms.Form):
    mobile = forms.CharField(
        label="Mobile number",
        max_length=30,
        required=False,
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
        help_text="Empty it to get no texts.",
    )
