"""The register: find a person, write one down, keep the record right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import acting_user, current_site, log_read
from clinic.errors import DomainError, Invalid
from clinic.policy import Action, can, require
from patients import registration, search
from patients.access import patient_or_404, scoped
from patients.contact_words import WORDS
from patients.forms.registry import ContactForm, PatientEditForm, PatientForm, initial_of, seal, unseal
from patients.models import Contact, Patient
from patients.registration import ChangedMeanwhile, LikelyDuplicate

A_PAGE = 25
NEAREST, IN_THE_BOX = 50, 8


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The patients of the present site, by name, or those a text may mean."""
    site, text = current_site(request), request.GET.get("q", "").strip()[:80]
    if text:
        people: Any = search.find(user=acting_user(request), text=text, site=site, limit=NEAREST)
    else:
        people = scoped(acting_user(request)).filter(site=site).order_by("search_text", "id")
    page_obj = Paginator(people, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page_obj,
        "text": text,
        "site": site,
        "may_add": can(acting_user(request), Action.EDIT_PATIENT, site),
    }
    return render(request, "patients/list.html", context)


@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """The answer of the search box, as its list of options or as a page, over all sites of the user."""
    text = request.GET.get("q", "").strip()[:80]
    if request.htmx:  # type: ignore[attr-defined]
        people = search.find(user=acting_user(request), text=text, limit=IN_THE_BOX)
        return render(request, "components/found.html", {"people": people, "query": text, "asked": bool(text)})
    people = search.find(user=acting_user(request), text=text)
    return render(request, "patients/search.html", {"people": people, "query": text})


def ask_before_a_second(
    request: HttpRequest, form: PatientForm, found: LikelyDuplicate, **context: Any
) -> HttpResponse:
    """Show who it may be, side by side with what was typed. Each record that is shown is a record that was read."""
    for one in found.likely:
        log_read(request, patient_id=one.patient.pk, what="likely duplicate")
    context |= {"form": form, "typed": form.cleaned_data, "likely": found.likely, "sentence": found.sentence}
    return render(request, "patients/duplicates.html", context, status=409)


def register_with(
    request: HttpRequest, form: PatientForm, make: Callable[..., Patient], template: str, **context: Any
) -> HttpResponse:
    """Take a registration form through to the new chart, or back to the form or to the likely duplicates."""
    if form.is_valid() and "change" not in request.POST:
        try:
            patient = make(**form.cleaned_data, confirmed_new="confirmed_new" in request.POST)
        except LikelyDuplicate as found:
            return ask_before_a_second(request, form, found, **context)
        except Invalid as error:
            form.refuse(error)
        else:
            return redirect("journey:chart", patient.pk)
    return render(request, template, {"form": form, **context}, status=200 if form.is_valid() else 422)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    site, user = current_site(request), acting_user(request)
    require(user, Action.EDIT_PATIENT, at=site)
    context = {"site": site, "action": request.path}
    if request.method != "POST":
        return render(request, "patients/new.html", {"form": PatientForm(), **context})

    def make(**fields: Any) -> Patient:
        return registration.register(site=site, by=user, **fields)

    return register_with(request, PatientForm(request.POST), make, "patients/new.html", **context)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    patient = patient_or_404(request, pk, what="demographics")
    if request.method != "POST":
        form = PatientEditForm(initial=initial_of(patient) | {"seen": seal(patient)})
        return render(request, "patients/edit.html", {"form": form, "patient": patient})
    form = PatientEditForm(request.POST)
    status, differences, changed = 422, [], None
    if form.is_valid():
        typed = dict(form.cleaned_data)
        seen = unseal(typed.pop("seen"))
        try:
            if seen is None:
                raise Invalid("This form is no longer whole. Open it again, then type your change once more.")
            registration.update(patient_id=pk, by=acting_user(request), seen=seen, **typed)
        except Invalid as error:
            form.refuse(error)
        except ChangedMeanwhile as meanwhile:
            status, differences = 409, shown_differences(meanwhile, seen or {})
            changed = registration.last_change(meanwhile.patient)
            form = _with_theirs(request, meanwhile, seen or {})
        else:
            return redirect("journey:chart", pk)
    context = {"form": form, "patient": patient, "differences": differences, "changed": changed}
    return render(request, "patients/edit.html", context, status=status)


def shown_differences(meanwhile: ChangedMeanwhile, seen: dict[str, Any]) -> list[dict[str, Any]]:
    """What a colleague saved beside what stands in this form: typed here, or only there from before."""
    return [
        {"label": one.label, "saved": one.saved, "typed": one.typed, "mine": one.typed != seen.get(one.field)}
        for one in meanwhile.differences
    ]


def _with_theirs(request: HttpRequest, meanwhile: ChangedMeanwhile, seen: dict[str, Any]) -> PatientEditForm:
    """The form again: what was typed here stays, what only the colleague changed is taken over."""
    data = request.POST.copy()
    now = initial_of(meanwhile.patient)
    for one in meanwhile.differences:
        if one.typed == seen.get(one.field):
            data[one.field] = str(now[one.field] or "")
    data["seen"] = seal(meanwhile.patient)
    return PatientEditForm(data)


def _contacts_page(
    request: HttpRequest, patient: Patient, form: ContactForm, *, trouble: str = "", status: int = 200
) -> HttpResponse:
    words_given = patient.contact_consents.filter(revoked_at=None).select_related("taken_by", "consent")
    in_force = {word.channel: word for word in words_given}
    context = {
        "patient": patient,
        "form": form,
        "trouble": trouble,
        "contacts": patient.contacts.order_by("-is_active", "kind", "name"),
        "channels": [
            {
                "key": key,
                "label": "Email" if key == "email" else "Text messages",
                "words": words,
                "said": words.said(patient.language),
                "word": in_force.get(key),
                "address": getattr(patient, words.needs),
            }
            for key, words in WORDS.items()
        ],
        "may_edit": can(acting_user(request), Action.EDIT_PATIENT, patient.site),
    }
    return render(request, "patients/contacts.html", context, status=status)


@require_GET
def contacts(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Whom to call, and on which channels the patient may be written to."""
    return _contacts_page(request, patient_or_404(request, pk, what="contacts"), ContactForm())


@require_POST
def contact_add(request: HttpRequest, pk: UUID) -> HttpResponse:
    patient = patient_or_404(request, pk, what="contacts")
    form = ContactForm(request.POST)
    if form.is_valid():
        try:
            registration.add_contact(patient_id=pk, by=acting_user(request), **form.cleaned_data)
        except Invalid as error:
            form.refuse(error)
        else:
            return redirect("patients:contacts", pk)
    return _contacts_page(request, patient, form, status=422)


@require_POST
def contact_end(request: HttpRequest, pk: UUID) -> HttpResponse:
    contact: Contact = registration.end_contact(contact_id=pk, by=acting_user(request))
    return redirect("patients:contacts", contact.patient_id)


@require_POST
def contact_word(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The patient agreed to a channel, or took it back."""
    patient = patient_or_404(request, pk, what="contacts")
    verb = registration.withdraw_contact if "withdraw" in request.POST else registration.agree_to_contact
    try:
        verb(patient_id=pk, channel=request.POST.get("channel", ""), by=acting_user(request))
    except DomainError as error:
        return _contacts_page(request, patient, ContactForm(), trouble=error.sentence, status=error.status)
    return redirect("patients:contacts", pk)
