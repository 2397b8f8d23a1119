"""The form of a system that is to be told."""

from __future__ import annotations

from django import forms

from clinic.forms import CalmForm
from reminders.models import Webhook
from reminders.webhooks.addresses import LONGEST
from reminders.webhooks.subscriptions import LONGEST_NAME


class WebhookForm(CalmForm, forms.Form):
    required_sentences = {
        "name": "Name the system.",
        "address": "Write the address at which it listens.",
        "kinds": "Choose what it is told of.",
    }

    name = forms.CharField(label="System", max_length=LONGEST_NAME, help_text="Who listens: the billing office.")
    address = forms.CharField(label="Address", max_length=LONGEST, help_text="A public one that begins with https://.")
    kinds = forms.MultipleChoiceField(
        label="Told of", choices=Webhook.Kind.choices, widget=forms.CheckboxSelectMultiple
    )
