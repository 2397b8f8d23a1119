"""How a patient is reached, as staff see and change it, and the texts that came back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from clinic.access import acting_user, log_reads
from clinic.errors import DomainError, Invalid, NotPermitted
from clinic.models import User
from clinic.policy import Action, can
from patients import phones
from patients.access import patient_or_404
from patients.models import Patient
from reminders import mending, preferences
from reminders import own_pages as own_pages_verbs
from reminders.channels import texts
from reminders.models import FollowUp, InboundText, OptOut, StaffPage
from reminders.preferences import FIRST, Channel
from reminders.reaching_forms import MobileForm, PreferenceForm

URGENT = InboundText.Reading.URGENT
LABELS = {Channel.TEXT: "Text messages", Channel.EMAIL: "Email"}


@require_http_methods(["GET", "POST"])
def reaching(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Which channels lead to the patient, what they like best, what they said about it."""
    patient = patient_or_404(request, pk, what="messages")
    if request.method == "GET":
        return _page(request, patient)
    try:
        said = _change(patient, request, by=acting_user(request))
    except DomainError as error:
        return _page(request, patient, trouble=error.sentence, status=error.status)
    messages.success(request, said)
    return redirect("reminders:reaching", pk)


def _change(patient: Patient, request: HttpRequest, *, by: User) -> str:
    """The verb that was pressed. Answers what to say of it."""
    wish, channel = request.POST.get("do", ""), request.POST.get("channel", "")
    label = LABELS[Channel(channel)] if channel in LABELS else ""
    match wish:
        case "prefer":
            kept = preferences.prefer(patient_id=patient.pk, way=request.POST.get("way", ""), by=by)
            return f"{patient.name} likes to be reached by {kept.get_way_display().lower()}."
        case "stop":
            preferences.stop(patient_id=patient.pk, channel=channel, words=request.POST.get("words", ""), by=by)
            return f"{label}: nothing more goes out."
        case "resume":
            preferences.resume(patient_id=patient.pk, channel=channel, by=by)
            return f"{label}: messages go out again."
        case "works":
            mending.works_again(patient_id=patient.pk, channel=channel, by=by)
            return f"{label}: tried again with the next message."
    raise Invalid("Choose what the patient said.")


def _page(request: HttpRequest, patient: Patient, *, trouble: str = "", status: int = 200) -> HttpResponse:
    user = acting_user(request)
    found = preferences.ways(patient)
    received = InboundText.objects.filter(site__in=user.site_ids, sender__in=_numbers(patient))
    context = {
        "patient": patient,
        "trouble": trouble,
        "channels": _channels(patient, found),
        "notices": preferences.notices(patient),
        "prefers_call": found.prefers == "call",
        "form": PreferenceForm(initial={"way": found.prefers}),
        "page_obj": Paginator(received, 10).get_page(request.GET.get("page")),
        "reads_urgent": can(user, Action.SEE_CHART, patient.site),
        "may_edit": can(user, Action.EDIT_PATIENT, patient.site),
    }
    return render(request, "reminders/reaching.html", context, status=status)


def _numbers(patient: Patient) -> list[str]:
    return [number for number in (patient.phone, patient.phone_other) if number]


def _channels(patient: Patient, found: preferences.Ways) -> list[dict[str, Any]]:
    """One card for each channel: whether it is open, what was agreed, what was said against it."""
    given = patient.contact_consents.filter(revoked_at__isnull=True).select_related("taken_by", "consent")
    agreed = {word.channel: word for word in given}
    stopped: dict[str, OptOut] = {}
    for stop in preferences.stops(patient).select_related("taken_by"):
        stopped.setdefault(stop.channel, stop)
    dead = {one.channel: one for one in preferences.dead_ends(patient)}
    return [
        {
            "key": channel.value,
            "label": LABELS[channel],
            "address": preferences.address_of(patient, channel),
            "is_on": channel != Channel.TEXT or texts.are_on(),
            "shut": found.shut[channel],
            "word": agreed.get(channel),
            "stop": stopped.get(channel),
            "told": channel in stopped and stopped[channel].source == OptOut.Source.TOLD,
            "dead": dead.get(channel),
        }
        for channel in FIRST
    ]


@require_GET
def inbound(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One text that came in: who may have written it, how it was read, what it was answered."""
    user = acting_user(request)
    text = InboundText.objects.select_related("site").filter(pk=pk, site_id__in=user.site_ids).first()
    if text is None:
        raise Http404
    if text.reading == URGENT and not can(user, Action.SEE_CHART, text.site):
        raise NotPermitted("Nurses, therapists and providers read this text. They were called.")
    task = FollowUp.objects.filter(subject_kind="inbound_text", subject_id=pk).order_by("-opened_at").first()
    people = _people(text, user)
    log_reads(request, patient_ids=[one.pk for one in people], what="text that came in")
    context = {"text": text, "task": task, "people": people}
    return render(request, "reminders/inbound.html", context)


def _people(text: InboundText, user: User) -> list[Patient]:
    return [one for one in mending.people_at(Channel.TEXT, text.sender) if one.site_id in user.site_ids]


@require_http_methods(["GET", "POST"])
def own_pages(request: HttpRequest) -> HttpResponse:
    """How one is paged oneself, and the last times."""
    user = acting_user(request)
    form = MobileForm(request.POST or None, initial={"mobile": phones.shown(user.mobile)})
    if request.method == "POST" and form.is_valid():
        try:
            kept = own_pages_verbs.set_mobile(number=form.cleaned_data["mobile"], by=user)
        except Invalid as error:
            form.refuse(error)
        else:
            where = f"at {phones.shown(kept.mobile)}, too" if kept.mobile else "by email alone"
            messages.success(request, f"You are paged {where}.")
            return redirect("reminders:own-pages")
    context = {
        "form": form,
        "texts_on": texts.are_on(),
        "stopped": texts.is_stopped(user.mobile),
        "pages": StaffPage.objects.filter(recipient=user).select_related("site").order_by("-due_at", "-id")[:20],
    }
    return render(request, "reminders/own_pages.html", context, status=422 if form.errors else 200)
