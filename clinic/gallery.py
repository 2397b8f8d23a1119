"""Every component on one page, for those who build pages: route clinic:gallery."""

from datetime import timedelta
from decimal import Decimal

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clinic import clock
from clinic.forms import CalmForm


class GalleryForm(CalmForm, forms.Form):
    """One field of each kind, shown with errors."""

    units = {"weight": "kg", "dose": "mg/kg"}
    picks = ("kind",)

    weight = forms.DecimalField(label="Dosing weight", help_text="Measured today 08:50")
    dose = forms.DecimalField(
        label="Dose", max_value=Decimal("1.2"), error_messages={"max_value": "Above 1.2 mg/kg nobody can order."}
    )
    on = forms.DateField(label="Day")
    at = forms.TimeField(label="Taken at", required=False)
    kind = forms.ChoiceField(label="Visit", choices=[("infusion", "Infusion"), ("talk", "Therapy"), ("call", "Call")])
    site = forms.ChoiceField(label="Site", choices=[("", "Choose"), ("ps", "Pine Street"), ("ls", "Lakeside")])
    reason = forms.CharField(
        label="Reason for the change",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Write one sentence: what did the last infusion show?"},
    )
    read = forms.BooleanField(label="I have read the tolerance of the last infusion")


SWATCHES = (
    ("paper", "Paper"),
    ("surface", "Surface"),
    ("sunken", "Sunken"),
    ("ink", "Ink"),
    ("accent", "Pine, the accent"),
    ("tint", "Pine tint"),
    ("line", "Hairline"),
    ("focus", "Focus"),
)
JOURNEY = (
    {"mark": "", "kind": "eval", "text": "Evaluation", "when": "19 Jan", "state": "done"},
    {"mark": "P", "kind": "talk", "text": "Preparation", "when": "28 Jan", "state": "done"},
    {"mark": "1", "kind": "infusion", "text": "PHQ-9 21", "when": "2 Feb", "state": "done"},
    {"mark": "2", "kind": "infusion", "text": "PHQ-9 18", "when": "5 Feb", "state": "done"},
    {"mark": "3", "kind": "infusion", "text": "Infusion 3", "when": "9 Feb", "state": "next"},
    {"mark": "M", "kind": "talk", "text": "Midpoint", "when": "10 Feb", "state": "plan"},
    {"mark": "4", "kind": "infusion", "text": "Infusion 4", "when": "12 Feb", "state": "plan"},
)
STEPS = (
    {"text": "Arrived", "time": "08:46", "state": "done"},
    {"text": "Cleared", "time": "09:09", "state": "done"},
    {"text": "Infusing", "time": "09:12", "state": "now"},
    {"text": "Recovery", "time": "~09:52", "state": "later"},
    {"text": "Home", "time": "~10:52", "state": "later"},
)
CONSEQUENCES = (
    ("info", "Room 2 and one nurse place are free again."),
    ("info", "Maya and Luis get a text; 2 reminders are taken back."),
    ("warn", "Infusion 4 becomes Tue 16 Feb; the gap after 3 grows to 7 days, the soft limit."),
    ("ok", "More than 24 hours ahead: no fee."),
)
LIGHTS = (("ok", "Consent"), ("ok", "Ride"), ("warn", "Coverage"), ("stop", "Order"), ("none", "Checks"))


@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    """The page; the form in it is bound and wrong on purpose."""
    form = GalleryForm({"weight": "80", "dose": "1.3", "on": "2026-02-09", "kind": "infusion", "read": "on"})
    ledger = (
        ("09:06", "Drawn for Maya Torres, 40 mg", Decimal("0.80"), Decimal("6.350"), "Okafor, Reyes"),
        ("08:31", "Drawn for Henrik Dahl, 48 mg", Decimal("0.96"), Decimal("7.15"), "Reyes, Lindqvist"),
        ("08:16", "Drawn for Ruth Abelson, 36 mg", Decimal(".72"), Decimal("8.11"), "Lindqvist, Okafor"),
    )
    context = {
        "form": form,
        "ledger": ledger,
        "swatches": SWATCHES,
        "nodes": JOURNEY,
        "steps": STEPS,
        "consequences": CONSEQUENCES,
        "lights": LIGHTS,
        "soon": clock.now() + timedelta(minutes=4, seconds=10),
        "facts": (("Ride, emergency", "Luis Torres, husband"), ("Own therapist", ""), ("Infusions in 90 days", 6)),
    }
    return render(request, "clinic/gallery.html", context)
