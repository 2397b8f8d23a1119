"""One visit, and every step of it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from clinic import clock
from clinic.access import acting_user
from clinic.errors import DomainError, IllegalTransition, Invalid, Refused
from clinic.models import User
from clinic.policy import Action, can
from visits import changes, clashes, preview, undoing
from visits.access import appointment_or_404
from visits.forms import CancelForm, MoveForm
from visits.models import Appointment, Hold
from visits.rules import HANDS_LANE, INFUSIONS, UNDO_MINUTES
from visits.states import may_become
from visits.undoing import undo_until
from visits.week import places

Status = Appointment.Status


@require_GET
def appointment(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _detail(request, appointment_or_404(request, pk))


def _detail(
    request: HttpRequest,
    found: Appointment,
    *,
    move: MoveForm | None = None,
    cancel: CancelForm | None = None,
    trouble: DomainError | None = None,
) -> HttpResponse:
    """The visit with what can follow. After a refusal the same page says why and keeps what was typed."""
    user = acting_user(request)
    site, local = found.site, found.site.local(found.starts_at)
    room, staff, held = places(found)
    may_book = can(user, Action.BOOK, site)
    may_move = may_book and found.status in (Status.BOOKED, Status.CONFIRMED)
    may_cancel = may_book and may_become(found.status, Status.CANCELLED)
    move = move or (
        MoveForm(appointment=found, initial={"day": local.date(), "at": local.time()}) if may_move else None
    )
    overbooked = next((hold for hold in held if hold.overbooked_reason), None)
    context = {
        "visit": found,
        "room": room,
        "staff": staff,
        "overbooked": overbooked,
        "next": _next_steps(found, user),
        "chair": found.kind in INFUSIONS,
        "may_see_reasons": can(user, Action.SEE_CHART, site),
        "events": found.status_events.select_related("by", "undone_by").order_by("-at", "-id")[:30],
        "move_form": move if may_move else None,
        "cancel_form": (cancel or CancelForm()) if may_cancel else None,
        "cancel_open": cancel is not None,
        "cancelling": preview.of_cancelling(found) if may_cancel else [],
        "moving": preview.of_moving(found) if may_move else [],
        "missing": preview.of_no_show(found) if _may_be_missed(found, user) else [],
        "may_undo": may_book and undo_until(found) is not None,
        "undo_until": undo_until(found),
        "trouble": trouble,
    }
    status = trouble.status if trouble else 200
    return render(request, "visits/appointment.html", context, status=status)


def _next_steps(found: Appointment, user: User) -> list[tuple[str, str, bool]]:
    """The buttons that this person can press now: route, words, whether it is the main one.

    Infusions begin and end at the chair; here they are only confirmed and received.
    """
    if not can(user, Action.BOOK, found.site):
        return []
    steps = []
    today = found.site.local(found.starts_at).date() == found.site.today()
    if may_become(found.status, Status.ARRIVED) and today and _may_receive(found, user):
        steps.append(("visits:arrive", "Arrived", True))
    if may_become(found.status, Status.CONFIRMED):
        steps.append(("visits:confirm", "Confirmed by the patient", not today))
    if found.kind not in INFUSIONS and may_become(found.status, Status.IN_PROGRESS):
        steps.append(("visits:begin", "Begin", True))
    if found.kind not in INFUSIONS and found.status == Status.IN_PROGRESS:
        steps.append(("visits:finish", "Done", True))
    return steps


def _may_receive(found: Appointment, user: User) -> bool:
    own = Hold.objects.filter(appointment=found, active=True, staff=user).exclude(lane=HANDS_LANE)
    return can(user, Action.CHECK_IN, found.site) or own.exists()


def _may_be_missed(found: Appointment, user: User) -> bool:
    begun = clock.now() >= found.starts_at
    return begun and may_become(found.status, Status.NO_SHOW) and _may_receive(found, user)


def _step(request: HttpRequest, pk: UUID, verb, said: str, *, at_the_chair: bool = False) -> HttpResponse:
    """Take one step; a refusal is said on the visit's own page. Of an infusion, some steps are taken at the chair."""
    found = appointment_or_404(request, pk)
    try:
        if at_the_chair and found.kind in Appointment.INFUSIONS:
            raise Refused("An infusion begins and ends at the chair. Open its own page.")
        verb(appointment_id=found.pk, by=acting_user(request))
    except (Refused, IllegalTransition, Invalid) as error:
        return _detail(request, found, trouble=error)
    messages.success(request, said.format(name=found.patient.name))
    return redirect("visits:appointment", pk=found.pk)


@require_POST
def confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _step(request, pk, changes.confirm, "Confirmed.")


@require_POST
def arrive(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _step(request, pk, changes.arrive, "{name} is here.")


@require_POST
def begin(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _step(request, pk, changes.begin, "Begun.", at_the_chair=True)


@require_POST
def finish(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _step(request, pk, changes.finish, "Done.", at_the_chair=True)


@require_POST
def no_show(request: HttpRequest, pk: UUID) -> HttpResponse:
    said = f"Marked as not come. This can be undone for {UNDO_MINUTES} minutes."
    return _step(request, pk, changes.no_show, said)


@require_POST
def undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _step(request, pk, undoing.undo, "The last change is taken back.")


@require_POST
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = appointment_or_404(request, pk)
    form = CancelForm(request.POST)
    if not form.is_valid():
        return _detail(
            request, found, cancel=form, trouble=Invalid("Nothing was cancelled. Look at the marked fields.")
        )
    try:
        done = changes.cancel(appointment_id=found.pk, by=acting_user(request), **form.cleaned_data)
    except Invalid as error:
        form.refuse(error)
        return _detail(request, found, cancel=form, trouble=error)
    except (Refused, IllegalTransition) as error:
        return _detail(request, found, trouble=error)
    late = " It counts as late." if done.cancelled_late else ""
    messages.success(request, f"Cancelled.{late} This can be undone for {UNDO_MINUTES} minutes.")
    return redirect("visits:appointment", pk=found.pk)


@require_POST
def move(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = appointment_or_404(request, pk)
    form = MoveForm(request.POST, appointment=found)
    if not form.is_valid():
        return _detail(request, found, move=form, trouble=Invalid("Nothing was moved. Look at the marked fields."))
    try:
        done = changes.move(
            appointment_id=found.pk,
            starts_at=form.starts_at,
            room=form.cleaned_data["room"],
            staff=form.cleaned_data["staff"],
            by=acting_user(request),
        )
    except Invalid as error:
        form.refuse(error)
        return _detail(request, found, move=form, trouble=error)
    except (Refused, IllegalTransition) as error:
        return _detail(request, found, move=form, trouble=error)
    when = clashes.when(done.site, done.starts_at)
    messages.success(request, f"Moved to {when}. This can be undone for {UNDO_MINUTES} minutes.")
    return redirect("visits:appointment", pk=found.pk)
