"""The waiting list of a site: who waits, what came free, and who would take it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import acting_user, current_site, log_read, log_reads
from clinic.errors import DomainError, IllegalTransition, Invalid, Refused
from patients.access import allow_here, patient_or_404
from visits import clashes, matching, offers, openings, tending, waitlist
from visits.access import uuid_or_none
from visits.forms import KINDS
from visits.models import Offer, Opening, WaitlistEntry
from visits.wish_forms import AskForm, SuitsForm, TakeOffForm

A_PAGE, MOST_SHOWN = 25, 25
Standing = Prefetch("offers", Offer.objects.filter(state=Offer.State.OPEN), to_attr="standing")


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Who waits, the longest first, and what came free."""
    site = current_site(request)
    allow_here(request, site)
    kind = request.GET.get("kind", "")
    waiting = waitlist.waiting(site)
    counts = dict(waiting.order_by().values_list("kind").annotate(Count("pk")))
    filters = [{"value": "", "label": "All", "n": sum(counts.values()), "on": not kind}]
    filters += [
        {"value": value, "label": label, "n": counts[value], "on": kind == value}
        for value, label in KINDS
        if value in counts
    ]
    rows = waiting.filter(kind=kind) if kind in counts else waiting
    page = Paginator(rows.prefetch_related(Standing), A_PAGE).get_page(request.GET.get("page"))
    log_reads(request, patient_ids=[entry.patient_id for entry in page], what="waiting list")
    context = {"page_obj": page, "filters": filters, "openings": openings.current(site), "site": site}
    return render(request, "visits/waitlist.html", context)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put a patient on the list, from the chart, from a visit, or after nothing suitable was free."""
    patient = patient_or_404(request, pk, what="waiting list")
    site = patient.site
    visit = uuid_or_none(request.GET.get("visit", ""))
    form = AskForm(request.POST or None, patient=patient, site=site, visit=visit)
    trouble: DomainError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            made = waitlist.add(patient=patient, site=site, by=acting_user(request), **form.wished)
        except Invalid as error:
            form.refuse(error)
        except Refused as error:
            trouble = error
        else:
            messages.success(request, f"{patient.name} is on the waiting list.")
            return redirect("visits:wish", pk=made.pk)
    status = trouble.status if trouble else 422 if request.method == "POST" else 200
    return render(
        request, "visits/waitlist_new.html", {"patient": patient, "form": form, "trouble": trouble}, status=status
    )


def entry_or_404(request: HttpRequest, pk: UUID) -> WaitlistEntry:
    """The entry, once the read is written. Raises Http404 for a stranger, NotPermitted for a colleague."""
    found = (
        WaitlistEntry.objects.select_related("site", "patient", "appointment", "kept_by", "ended_by")
        .filter(pk=pk, site_id__in=acting_user(request).site_ids)
        .first()
    )
    if found is None:
        raise Http404
    allow_here(request, found.site)
    log_read(request, patient_id=found.patient_id, what="waiting list")
    return found


@require_http_methods(["GET", "POST"])
def wish(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One wish: what would suit, and what was offered."""
    entry = entry_or_404(request, pk)
    form = SuitsForm(request.POST or None, initial=SuitsForm.initial_of(entry))
    if request.method == "POST" and form.is_valid():
        try:
            waitlist.change(entry_id=pk, by=acting_user(request), **form.cleaned_data)
        except Invalid as error:
            form.refuse(error)
        except IllegalTransition as error:
            return _wish(request, entry, form, trouble=error)
        else:
            messages.success(request, "Saved. What comes free is offered by this from now on.")
            return redirect("visits:wish", pk=pk)
    return _wish(request, entry, form)


def _wish(
    request: HttpRequest,
    entry: WaitlistEntry,
    form: SuitsForm,
    *,
    take_off: TakeOffForm | None = None,
    trouble: DomainError | None = None,
) -> HttpResponse:
    context = {
        "entry": entry,
        "patient": entry.patient,
        "form": form,
        "take_off": take_off or TakeOffForm(),
        "offers": entry.offers.select_related("ended_by", "made_by")[:30],
        "trouble": trouble,
        "keeper_gone": not waitlist.has_keeper(entry),
    }
    status = trouble.status if trouble else 422 if request.method == "POST" else 200
    return render(request, "visits/waitlist_entry.html", context, status=status)


@require_POST
def wish_remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    entry = entry_or_404(request, pk)
    form = TakeOffForm(request.POST)
    suits = SuitsForm(initial=SuitsForm.initial_of(entry))
    if not form.is_valid():
        trouble = Invalid("They are still on the list. Write in a few words why they come off it.")
        return _wish(request, entry, suits, take_off=form, trouble=trouble)
    try:
        tending.take_off(entry_id=pk, by=acting_user(request), **form.cleaned_data)
    except (Invalid, IllegalTransition) as error:
        return _wish(request, entry, suits, take_off=form, trouble=error)
    messages.success(request, f"{entry.patient.name} is off the waiting list.")
    return redirect("visits:waitlist")


def opening_or_404(request: HttpRequest, pk: UUID) -> Opening:
    found = (
        Opening.objects.select_related("site", "room", "hold__appointment")
        .filter(pk=pk, site_id__in=acting_user(request).site_ids)
        .first()
    )
    if found is None:
        raise Http404
    allow_here(request, found.site)
    return found


@require_GET
def opening(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who would take a time that came free, the longest waiting first."""
    return _opening(request, opening_or_404(request, pk))


def _opening(request: HttpRequest, found: Opening, trouble: DomainError | None = None) -> HttpResponse:
    standing = {one.entry_id: one for one in found.offers.filter(state=Offer.State.OPEN)}
    matches = matching.who_fits(found, asked_too=True, limit=MOST_SHOWN)
    offered = list(found.offers.select_related("entry__patient", "ended_by")[:30])
    shown = [match.entry for match in matches] + [one.entry for one in offered]
    log_reads(request, patient_ids=[entry.patient_id for entry in shown], what="waiting list")
    context = {
        "opening": found,
        "rows": [{"match": match, "offer": standing.get(match.entry.pk)} for match in matches],
        "offers": offered,
        "trouble": trouble,
    }
    return render(request, "visits/waitlist_opening.html", context, status=trouble.status if trouble else 200)


@require_POST
def give(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The patient said yes on the phone: the time is theirs."""
    found = opening_or_404(request, pk)
    entry = uuid_or_none(request.POST.get("entry", ""))
    if entry is None:
        raise Http404
    try:
        taken = offers.give(opening_id=pk, entry_id=entry, by=acting_user(request))
    except (Refused, IllegalTransition) as error:
        return _opening(request, found, error)
    assert taken.appointment
    messages.success(request, f"Booked: {clashes.when(found.site, taken.starts_at)}.")
    return redirect("visits:appointment", pk=taken.appointment_id)


@require_POST
def decline(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The patient said no on the phone: the next is asked."""
    found = Offer.objects.filter(pk=pk, entry__site_id__in=acting_user(request).site_ids).first()
    if found is None:
        raise Http404
    shown = opening_or_404(request, found.opening_id)
    try:
        offers.decline(offer_id=pk, by=acting_user(request))
    except IllegalTransition as error:
        return _opening(request, shown, error)
    messages.success(request, "Noted. The next person is asked.")
    return redirect("visits:opening", pk=found.opening_id)
