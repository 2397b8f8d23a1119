"""Who looked at one record and who changed it; what one person did; and the list that a patient may have."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic import clock, reauth
from clinic.access import acting_user, current_site, log_reads
from clinic.documents.answer import attachment
from clinic.errors import Invalid
from clinic.forms import CalmForm, PickOne
from clinic.models import User
from journey import record_marks, trail, trail_papers, trail_words
from journey.models import RecordMark
from patients.access import allow_here, patient_or_404, scoped
from patients.models import Patient
from visits.forms import near

USUAL, LONGEST = timedelta(days=6), timedelta(days=31)


class MarkForm(CalmForm, forms.Form):
    picks = ("kind",)
    required_sentences = {"reason": "Write why: whoever comes after you has to know."}

    kind = forms.ChoiceField(label="What holds for this record?", choices=RecordMark.Kind.choices, widget=PickOne)
    reason = forms.CharField(label="Why", max_length=300)


class DaysForm(CalmForm, forms.Form):
    """From one day to another, at most a month."""

    first = forms.DateField(label="From", validators=[near])
    last = forms.DateField(label="To", validators=[near])

    def clean(self) -> dict[str, object]:
        typed = super().clean() or {}
        first, last = typed.get("first"), typed.get("last")
        if first and last and not timedelta(0) <= last - first <= LONGEST:
            self.add_error("last", "Choose a last day at most a month after the first.")
        return typed


@require_GET
def of_patient(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who opened and who changed the record, newest first."""
    return _page(request, patient_or_404(request, pk, what="who looked"), MarkForm())


def _page(request: HttpRequest, patient: Patient, form: MarkForm, status: int = 200) -> HttpResponse:
    before = _moment(request.GET.get("before", ""))
    lines, older = trail.of_patient(patient, before=before or clock.now() + timedelta(minutes=1))
    marks = list(patient.marks.select_related("set_by", "ended_by"))
    context = {
        "patient": patient,
        "lines": [trail_words.tell(line) for line in lines],
        "older": older.isoformat() if older else "",
        "newer": before is not None,
        "marks": marks,
        "form": form,
    }
    return render(request, "journey/audit/patient.html", context, status=status)


def _moment(words: str) -> datetime | None:
    try:
        found = parse_datetime(words)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


@require_http_methods(["POST"])
def mark(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hold the record, or mark it so that whoever opens it is looked at."""
    patient, form = patient_or_404(request, pk, what="who looked"), MarkForm(request.POST)
    if form.is_valid():
        try:
            record_marks.set_mark(patient_id=pk, **form.cleaned_data, by=acting_user(request))
        except Invalid as error:
            form.refuse(error)
        else:
            return redirect("journey:audit-patient", pk)
    return _page(request, patient, form, 422)


@require_POST
def mark_end(request: HttpRequest, pk: UUID) -> HttpResponse:
    ended = record_marks.end_mark(mark_id=pk, because=request.POST.get("because", ""), by=acting_user(request))
    return redirect("journey:audit-patient", ended.patient_id)


@require_POST
def file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The list for the patient, in plain words. Whoever takes it out of the house proves first that it is them."""
    reauth.require_fresh(request, to="take the list of who looked out of the house")
    patient = patient_or_404(request, pk, what="who looked, a list for the patient")
    made = trail_papers.read(patient)
    if request.POST.get("as") == "csv":
        return attachment(trail_papers.as_csv(made), "who-looked.csv", "text/csv; charset=utf-8")
    return attachment(trail_papers.as_pdf(made), "who-looked.pdf", "application/pdf")


@require_GET
def of_person(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What one member of staff opened and wrote on some days."""
    person, user, site = User.objects.filter(pk=pk).first(), acting_user(request), current_site(request)
    if person is None or not person.memberships.filter(site__in=user.site_ids).exists():
        raise Http404
    allow_here(request, site)
    usual = {"first": (site.today() - USUAL).isoformat(), "last": site.today().isoformat()}
    form = DaysForm({name: request.GET.get(name) or value for name, value in usual.items()})
    lines: list[trail_words.Told] = []
    if form.is_valid():
        since, until = site.day_bounds(form.cleaned_data["first"])[0], site.day_bounds(form.cleaned_data["last"])[1]
        found = trail.of_person(person, since=since, until=until)
        seen = scoped(user).in_bulk({line.patient_id for line in found if line.patient_id})
        lines = [trail_words.tell(line, patients=seen) for line in found]
        log_reads(request, patient_ids=seen, what="who looked, of a member of staff")
    context = {"person": person, "lines": lines, "form": form, "site": site, "most": 5 * trail.PAGE}
    return render(request, "journey/audit/person.html", context, status=200 if form.is_valid() else 422)
