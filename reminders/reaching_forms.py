from django import forms

from clinic.forms import CalmForm
from reminders.models import ContactPreference


class PreferenceForm(CalmForm, forms.Form):
    picks = ("way",)

    way = forms.ChoiceField(label="Reached best by", choices=ContactPreference.Way.choices, required=False)
