"""What front desk types about a wish on the waiting list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms

from clinic.forms import CalmForm, PickMany
from clinic.models import WEEKDAYS, Site
from patients.models import Patient
from visits import clashes
from visits.forms import KINDS, near
from visits.models import Appointment, WaitlistEntry
from visits.waitlist import MOVABLE

NOTICE = [(2, "2 hours"), (4, "4 hours"), (24, "A day"), (48, "2 days"), (72, "3 days")]
USUAL_NOTICE, USUAL_DAYS = 4, 30
MOST_VISITS = 20


class SuitsForm(CalmForm, forms.Form):
    """When a place would help."""

    picks = ("notice_hours",)
    required_sentences = {
        "until": "Choose the last day that helps.",
        "notice_hours": "Say how long before they must know.",
    }
    weekdays = forms.TypedMultipleChoiceField(
        label="Days",
        choices=WEEKDAYS,
        coerce=int,
        required=False,
        widget=PickMany,
        help_text="None chosen means any day.",
    )
    not_before = forms.TimeField(label="Not before", required=False)
    not_after = forms.TimeField(label="Start not after", required=False)
    notice_hours = forms.TypedChoiceField(label="Must know before", choices=NOTICE, coerce=int, initial=USUAL_NOTICE)
    until = forms.DateField(label="Helps until", validators=[near])

    @staticmethod
    def initial_of(entry: WaitlistEntry) -> dict[str, Any]:
        return {name: getattr(entry, name) for name in ("weekdays", "not_before", "not_after", "notice_hours", "until")}


class AskForm(SuitsForm):
    """A new wish: also for what."""

    required_sentences = SuitsForm.required_sentences | {"what": "Choose what they wait for."}
    field_order = ("what", "weekdays", "not_before", "not_after", "notice_hours", "until")
    what = forms.ChoiceField(label="Waits for")

    def __init__(self, *args: Any, patient: Patient, site: Site, visit: UUID | None = None, **kwargs: Any) -> None:
        self.visits = {
            str(one.pk): one
            for one in Appointment.objects.filter(
                patient=patient, site=site, status__in=MOVABLE, starts_at__gt=site.day_bounds(site.today())[0]
            ).order_by("starts_at")[:MOST_VISITS]
        }
        chosen = self.visits.get(str(visit)) or next(iter(self.visits.values()), None)
        usual = site.today() + timedelta(days=USUAL_DAYS)
        kwargs["initial"] = {
            "what": str(chosen.pk) if chosen else KINDS[0][0],
            "until": site.local(chosen.starts_at).date() if chosen else usual,
            "notice_hours": USUAL_NOTICE,
        }
        super().__init__(*args, **kwargs)
        earlier = [
            (pk, f"{one.get_kind_display()}, earlier than {clashes.when(site, one.starts_at)}")
            for pk, one in self.visits.items()
        ]
        anew = [(value, f"{label}, none booked") for value, label in KINDS]
        self.fields["what"].choices = [*earlier, *anew]  # type: ignore[attr-defined]

    @property
    def wished(self) -> dict[str, Any]:
        """What the verb takes."""
        values = dict(self.cleaned_data)
        what = values.pop("what")
        visit = self.visits.get(what)
        return values | {"kind": visit.kind if visit else what, "appointment": visit}


class TakeOffForm(CalmForm, forms.Form):
    required_sentences = {"reason": "Write in a few words why."}
    reason = forms.CharField(label="Why", max_length=200, help_text="In a few words, without a diagnosis.")
