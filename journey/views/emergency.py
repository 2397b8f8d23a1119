"""Opening a record in an emergency, and the page that it opens."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic import reauth
from clinic.access import acting_user, log_read
from clinic.errors import Invalid
from clinic.forms import CalmForm
from journey import emergency, emergency_record
from journey.models import EmergencyAccess
from patients import throttle

TRIES = throttle.Limit("emergency", for_each=10, for_all=100)


class EmergencyForm(CalmForm, forms.Form):
    """Who the patient is, as people in an emergency know it, and why."""

    required_sentences = {"reason": "Write what happened and what you need to know: somebody reviews this."}

    mrn = forms.CharField(label="Record number", required=False, max_length=16)
    family_name = forms.CharField(label="Or family name", required=False, max_length=80)
    birth_date = forms.DateField(label="And birth date", required=False)
    reason = forms.CharField(
        label="What happened, and what you need to know", max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The form, and the opening. Who opens proves first that it is them."""
    form, status, user = EmergencyForm(request.POST or None), 200, acting_user(request)
    if request.method == "POST":
        reauth.require_fresh(request, to="open a record in an emergency")
        form = EmergencyForm(request.POST)
        status = 422
        if form.is_valid():
            throttle.count(request, TRIES, within=str(user.pk), call="")
            try:
                opened = emergency.open_record(**form.cleaned_data, by=user)
            except Invalid as error:
                form.refuse(error)
            else:
                return redirect("journey:emergency-record", opened.pk)
    mine = EmergencyAccess.objects.filter(opened_by=user).select_related("patient", "site")[:10]
    return render(request, "journey/emergency/ask.html", {"form": form, "mine": mine}, status=status)


@require_GET
def record(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What keeps the patient safe, for whoever opened it and while the hour lasts."""
    access = emergency.held(pk, by=acting_user(request))
    log_read(
        request, patient_id=access.patient_id, what="record in an emergency", reason=f"Emergency: {access.reason}"[:300]
    )
    context = {"access": access, "record": emergency_record.read(access.patient), "patient": access.patient}
    return render(request, "journey/emergency/record.html", context)


@require_POST
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    emergency.close(access_id=pk, by=acting_user(request))
    return redirect("journey:emergency")
