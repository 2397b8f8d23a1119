"""“Export the record”: ask for it, watch it being made, and fetch the file within its hour."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from clinic.access import acting_user, log_read
from clinic.documents.answer import attachment
from clinic.errors import Invalid, NotFound
from clinic.forms import CalmForm
from clinic.policy import Action, can
from journey import tasks
from journey.fhir import exports
from journey.models import RecordExport
from patients.access import patient_or_404

SHOWN = 10


class ExportForm(CalmForm, forms.Form):
    picks = ("format",)
    required_sentences = {"reason": "Say what it is for.", "format": "Choose in which form the record is needed."}

    format = forms.ChoiceField(label="Form", choices=RecordExport.Format.choices, initial="fhir")
    reason = forms.CharField(label="What it is for", max_length=200, help_text="The patient asked, for one.")


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was taken out of the house before, and the form for more."""
    patient, user = patient_or_404(request, pk, what="record export"), acting_user(request)
    form = ExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        make = tasks.make_later if exports.is_large(patient) else tasks.make_now
        try:
            exports.ask(patient_id=pk, by=user, on_commit=make, **form.cleaned_data)
            return redirect("journey:export", pk)
        except Invalid as error:
            form.refuse(error)
    taken = patient.exports.select_related("asked_by", "file").defer("file__content")[:SHOWN]
    context = {
        "patient": patient, "site": patient.site, "form": form, "taken": taken, "user": user,
        "sees_coverage": can(user, Action.SEE_COVERAGE, patient.site),
    }  # fmt: skip
    return render(request, "journey/export.html", context, status=422 if form.errors else 200)


@require_GET
def progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How far it is; asks for the page anew once it is done."""
    export = RecordExport.objects.filter(pk=pk, asked_by=acting_user(request)).first()
    if export is None:
        raise Http404
    answer = render(request, "journey/_export_progress.html", {"export": export})
    if not export.is_under_way:
        answer["HX-Refresh"] = "true"
    return answer


@require_GET
def fetch(request: HttpRequest, pk: UUID, key: str) -> HttpResponse:
    """The file, for whoever asked for it."""
    try:
        export, content = exports.fetch(export_id=pk, key=key, by=acting_user(request))
    except NotFound as gone:
        raise Http404 from gone
    log_read(request, patient_id=export.patient_id, what=f"record export, {export.format}", reason=export.reason)
    name = f"record-{export.patient.site.local(export.asked_at):%Y-%m-%d}.{exports.SUFFIX[export.format]}"
    return attachment(content, name, exports.TYPES[export.format])
