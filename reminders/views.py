"""What patients were told, what goes out next, and what somebody has to see to."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from clinic import clock, heartbeats
from clinic.access import acting_user, current_site, log_read
from clinic.errors import Invalid
from patients.access import allow_here, patient_or_404
from reminders import outbox as lists
from reminders import settling, spoken, watch
from reminders.forms import CalledForm
from reminders.models import Message

PAGE, NEXT = 25, 10


@require_GET
def patient_messages(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who was told what, when, did it arrive, what goes out next."""
    patient = patient_or_404(request, pk, what="messages")
    rows = patient.messages.select_related("site", "merged_into")
    ahead = list(rows.filter(state=Message.State.PLANNED, merged_into=None).order_by("due_at", "id")[: NEXT + 1])
    told = rows.exclude(state=Message.State.PLANNED, merged_into=None).order_by("-due_at", "-id")
    page = Paginator(told, PAGE).get_page(request.GET.get("page"))
    context = {
        "patient": patient,
        "page_obj": page,
        "ahead": spoken.of(ahead[:NEXT]),
        "more": len(ahead) > NEXT,
        "told": spoken.of(page.object_list),
    }
    return render(request, "reminders/messages.html", context)


@require_GET
def outbox(request: HttpRequest) -> HttpResponse:
    """The messages of a site: whether they go out, which went, and which somebody has to see to."""
    site = current_site(request)
    allow_here(request, site)
    every = lists.lists(site)
    chosen = next((one for one in every if one.name == request.GET.get("show")), every[0])
    numbers = lists.counts(site, every)
    oldest, pulses = watch.oldest(site), heartbeats.pulses()
    page = Paginator(lists.rows(site, chosen), PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "chosen": chosen,
        "lists": [(one, numbers[one.name]) for one in every],
        "waiting_since": oldest and clock.now() - oldest,
        "is_late": oldest is not None and oldest > watch.TOO_OLD,
        "pulses": pulses,
        "is_silent": any(pulse.is_silent for pulse in pulses),
        "held": lists.held_back(site) if chosen.name == "held" else [],
    }
    return render(request, "reminders/outbox.html", context)


@require_GET
def message(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _show(request, _message(request, pk), CalledForm())


@require_POST
def again(request: HttpRequest, pk: UUID) -> HttpResponse:
    sent = settling.try_again(message_id=pk, by=acting_user(request))
    messages.success(request, f"“{sent.label}” goes out again within a minute.")
    return redirect("reminders:message", pk=pk)


@require_POST
def called(request: HttpRequest, pk: UUID) -> HttpResponse:
    form = CalledForm(request.POST)
    if form.is_valid():
        try:
            settling.called(message_id=pk, outcome=form.cleaned_data["outcome"], by=acting_user(request))
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, "Kept: somebody called instead.")
            return redirect("reminders:outbox")
    return _show(request, _message(request, pk), form, status=422)


def _message(request: HttpRequest, pk: UUID) -> Message:
    rows = Message.objects.select_related("site", "patient", "settled_by", "merged_into")
    found = rows.filter(pk=pk, site__in=acting_user(request).site_ids).first()
    if found is None:
        raise Http404
    allow_here(request, found.site)
    log_read(request, patient_id=found.patient_id, what="messages")
    return found


def _show(request: HttpRequest, found: Message, form: CalledForm, status: int = 200) -> HttpResponse:
    said: Sequence[spoken.Spoken] = spoken.of([found])
    return render(request, "reminders/message.html", {"said": said[0], "message": found, "form": form}, status=status)
