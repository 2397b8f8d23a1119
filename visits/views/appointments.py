"""One visit, and every step of it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from clinic.access import acting_user
from clinic.errors import DomainError, IllegalTransition, Invalid, Refused
from clinic.models import User
from clinic.policy import Action, can
from visits import changes, clashes, courses, extending, preview, rides, runways, steps
from visits.access import appointment_or_404
from visits.courses import Course, NeedsReason
from visits.forms import CancelForm, LongerForm, MoveForm, RideForm
from visits.models import Appointment
from visits.rules import INFUSIONS, UNDO_MINUTES
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
    longer: LongerForm | None = None,
    ride: RideForm | None = None,
    trouble: DomainError | None = None,
) -> HttpResponse:
    """The visit with what can follow. After a refusal the same page says why and keeps what was typed."""
    user = acting_user(request)
    site, local = found.site, found.site.local(found.starts_at)
    room, staff, held = places(found)
    may_book = can(user, Action.BOOK, site)
    may_move = may_book and not found.group_id and found.status in (Status.BOOKED, Status.CONFIRMED)
    may_cancel = may_book and may_become(found.status, Status.CANCELLED)
    move = move or (
        MoveForm(appointment=found, initial={"day": local.date(), "at": local.time()}) if may_move else None
    )
    overbooked = next((hold for hold in held if hold.overbooked_reason), None)
    until = undo_until(found)
    context = {
        "visit": found,
        "room": room,
        "staff": staff,
        "overbooked": overbooked,
        "next": steps.possible(found, user),
        "chair": found.kind in INFUSIONS,
        "runway": runways.of_visit(found),
        "may_see_reasons": can(user, Action.SEE_CHART, site),
        "events": found.status_events.select_related("by", "undone_by").order_by("-at", "-id")[:30],
        "move_form": move if may_move else None,
        "cancel_form": (cancel or CancelForm()) if may_cancel else None,
        "cancel_open": cancel is not None,
        "longer_form": (longer or _longer_form(user, found))
        if may_book and found.is_alive and not found.group_id
        else None,
        "cancelling": preview.of_cancelling(found) if may_cancel else [],
        "moving": preview.of_moving(found) if may_move else [],
        "missing": preview.of_no_show(found) if steps.may_be_missed(found, user) else [],
        "may_undo": may_book and until is not None,
        "undo_until": until,
        "course": _course_to_repair(found) if may_book else None,
        "trouble": trouble,
        "ride": rides.of(found),
        "ride_form": (ride or _ride_form(found)) if may_move and found.kind in INFUSIONS else None,
        "ride_open": ride is not None,
    }
    status = trouble.status if trouble else 200
    return render(request, "visits/appointment.html", context, status=status)


def _longer_form(user: User, found: Appointment, typed: QueryDict | None = None) -> LongerForm:
    return LongerForm(typed, may_overbook=can(user, Action.OVERBOOK, found.site))


@require_POST
def longer(request: HttpRequest, pk: UUID) -> HttpResponse:
    user, found = acting_user(request), appointment_or_404(request, pk)
    form = _longer_form(user, found, request.POST)
    if not form.is_valid():
        return _detail(request, found, longer=form, trouble=Invalid("Choose how many minutes to add."))
    try:
        done = extending.extend(appointment_id=found.pk, by=user, **form.cleaned_data)
    except (Refused, IllegalTransition, Invalid) as error:
        return _detail(request, found, longer=form, trouble=error)
    messages.success(request, f"The visit lasts until {clashes.hour(done.site, done.ends_at)} now.")
    return redirect("visits:appointment", pk=found.pk)


def _ride_form(found: Appointment, typed: QueryDict | None = None) -> RideForm:
    return RideForm(typed, known=rides.last_escorts(found))


@require_POST
def ride(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who takes the patient home, as the desk hears it on the phone."""
    found = appointment_or_404(request, pk)
    form = _ride_form(found, request.POST)
    if not form.is_valid():
        return _detail(request, found, ride=form, trouble=Invalid("Nothing was kept. Look at the marked fields."))
    try:
        rides.tell(appointment_id=pk, by=acting_user(request), **form.person)
    except Invalid as error:
        form.refuse(error)
        return _detail(request, found, ride=form, trouble=error)
    except IllegalTransition as error:
        return _detail(request, found, trouble=error)
    messages.success(request, "Kept. It is asked for again on arrival.")
    return redirect("visits:appointment", pk=found.pk)


def _course_to_repair(found: Appointment) -> Course | None:
    """The course that lost this visit, or that breaks a rule by now."""
    course = courses.of([found.pk]).get(found.pk)
    lost = found.status in (Status.CANCELLED, Status.NO_SHOW)
    if course is None or course.single:
        return None
    return course if lost or course.missing or course.concerns() else None


def _step(request: HttpRequest, pk: UUID, key: str) -> HttpResponse:
    """Take one step; a refusal is said on the visit's own page."""
    found = appointment_or_404(request, pk)
    try:
        said = steps.take(visit=found, key=key, by=acting_user(request), seen=request.POST.get("version"))
    except (Refused, IllegalTransition, Invalid) as error:
        return _detail(request, found, trouble=error)
    messages.success(request, said)
    return redirect("visits:appointment", pk=found.pk)


@require_POST
def confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _step(request, pk, "confirm")


@require_POST
def arrive(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _step(request, pk, "arrive")


@require_POST
def begin(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _step(request, pk, "begin")


@require_POST
def finish(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _step(request, pk, "finish")


@require_POST
def no_show(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _step(request, pk, "no-show")


@require_POST
def undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _step(request, pk, "undo")


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
            reason=form.cleaned_data["reason"],
            by=acting_user(request),
        )
    except NeedsReason as error:
        form.add_error("reason", "Write why, and the visit is moved all the same.")
        return _detail(request, found, move=form, trouble=error)
    except Invalid as error:
        form.refuse(error)
        return _detail(request, found, move=form, trouble=error)
    except (Refused, IllegalTransition) as error:
        return _detail(request, found, move=form, trouble=error)
    when = clashes.when(done.site, done.starts_at)
    messages.success(request, f"Moved to {when}. This can be undone for {UNDO_MINUTES} minutes.")
    return redirect("visits:appointment", pk=found.pk)
