"""The page beside the chair. Each door finds the infusion, calls one verb, and answers with the page's parts anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic import clock
from clinic.access import acting_user, log_read
from clinic.errors import DomainError, Invalid, NotFound
from clinic.models import User
from clinic.policy import Action, can
from infusions import run
from infusions.chair import Chair
from infusions.forms.chair import (
    ArrivalForm,
    CorrectionForm,
    DischargeForm,
    EventForm,
    PersonForm,
    ReasonForm,
    VitalsForm,
    latest_moment,
    require_valid,
)
from infusions.forms.witness import possible
from infusions.models import Infusion, VitalSigns
from patients.access import allow_here

QUICK = (
    ("iv_in", "IV in", "drop", "Where: left forearm, 22 G"),
    ("nausea", "Nausea", "sad", "How bad, and what was done"),
    ("medicine", "Medicine", "capsule", "Drug, dose, route, effect"),
    ("note", "Note", "journal", "What you see and hear"),
    ("iv_out", "IV out", "out", "Site dry, dressed"),
)


def infusion_or_404(request: HttpRequest, pk: UUID) -> Infusion:
    """The infusion at one of the user's sites. Raises Http404 for a stranger, NotPermitted for a colleague."""
    infusion = (
        Infusion.objects.select_related(
            "series__patient__site", "series__site", "appointment__site", "order__signed_by", "vial", "drawn_by",
            "checked_by", "nurse",
        )
        .filter(pk=pk, appointment__site_id__in=acting_user(request).site_ids)
        .first()
    )  # fmt: skip
    if infusion is None:
        raise Http404
    allow_here(request, infusion.appointment.site)
    return infusion


@require_GET
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The whole page; opening it is written to the read log."""
    infusion = infusion_or_404(request, pk)
    log_read(request, patient_id=infusion.series.patient_id, what="infusion")
    return _show(request, Chair(infusion, acting_user(request)), whole=True)


@require_GET
def parts(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What may have changed since, for a page that is open."""
    return _show(request, Chair(infusion_or_404(request, pk), acting_user(request)))


def _show(
    request: HttpRequest,
    chair: Chair,
    *,
    whole: bool = False,
    status: int = 200,
    error: DomainError | None = None,
    **forms: Any,
) -> HttpResponse:
    context = {"chair": chair, "infusion": chair.infusion, "site": chair.site, "error": error, "quick": QUICK}
    context |= forms if forms.get("slim") else _forms(chair) | forms
    template = "infusions/chair.html" if whole else "infusions/chair_parts.html"
    return render(request, template, context, status=status)


def _forms(chair: Chair) -> dict[str, Any]:
    """The unbound forms that the present state offers."""
    made: dict[str, Any] = {}
    if chair.is_before and chair.is_here and chair.may_run:
        made["arrival_form"] = ArrivalForm(infusion=chair.infusion, check=chair.arrival)
    if chair.state == "recovery" and chair.may_run:
        escort = chair.arrival.escort if chair.arrival else None
        made["discharge_form"] = DischargeForm(escort=escort, may_release=chair.may_override)
    needs_person = chair.infusion.drawn_ml is not None and (chair.is_before or bool(chair.to_waste))
    if needs_person and chair.may_run:
        made["people"] = possible(chair.site, chair.user)
    return made


Do = Callable[[Infusion, User], object]


def _answer(request: HttpRequest, pk: UUID, do: Do, **forms: Any) -> HttpResponse:
    """Do it, then show the parts as they are now; what a verb refuses is said, and what was typed stays.

    Front desk may check in, but not read what stands beside the chair: they are led back to the visit.
    """
    infusion, user = infusion_or_404(request, pk), acting_user(request)
    if not can(user, Action.SEE_INFUSION, infusion.appointment.site):
        do(infusion, user)
        return redirect("visits:appointment", pk=infusion.appointment_id)
    error: DomainError | None = None
    try:
        do(infusion, user)
    except NotFound as gone:
        raise Http404 from gone
    except DomainError as refused:
        error = refused
    if error is None and not request.headers.get("HX-Request"):
        return redirect("infusions:infusion", pk=pk)
    chair = Chair(infusion_or_404(request, pk), user)
    whole = not request.headers.get("HX-Request")
    shown = {name: form for name, form in forms.items() if error}
    return _show(request, chair, whole=whole, status=error.status if error else 200, error=error, **shown)


# Steps


@require_POST
def check_in(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _answer(request, pk, lambda one, by: run.check_in(infusion_id=one.pk, by=by, observed_at=clock.now()))


@require_POST
def clear(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _answer(request, pk, lambda one, by: run.clear(infusion_id=one.pk, by=by))


@require_POST
def start(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _answer(request, pk, lambda one, by: run.start(infusion_id=one.pk, by=by, observed_at=clock.now()))


@require_POST
def pause(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _answer(request, pk, lambda one, by: run.pause(infusion_id=one.pk, by=by, observed_at=clock.now()))


@require_POST
def resume(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _answer(request, pk, lambda one, by: run.resume(infusion_id=one.pk, by=by, observed_at=clock.now()))


@require_POST
def complete(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _answer(request, pk, lambda one, by: run.complete(infusion_id=one.pk, by=by, observed_at=clock.now()))


@require_POST
def stop(request: HttpRequest, pk: UUID) -> HttpResponse:
    reason = request.POST.get("reason", "")
    return _answer(
        request, pk, lambda one, by: run.stop_early(infusion_id=one.pk, by=by, observed_at=clock.now(), reason=reason)
    )


@require_POST
def hold(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _answer(
        request, pk, lambda one, by: run.hold(infusion_id=one.pk, by=by, reason=request.POST.get("reason", ""))
    )


@require_POST
def override(request: HttpRequest, pk: UUID) -> HttpResponse:
    form = ReasonForm(request.POST)

    def do(infusion: Infusion, by: User) -> None:
        require_valid(form)
        run.override(
            infusion_id=infusion.pk, light=form.cleaned_data["light"], reason=form.cleaned_data["reason"], by=by
        )

    return _answer(request, pk, do)


# Arrival, dose, second person


@require_POST
def arrival(request: HttpRequest, pk: UUID) -> HttpResponse:
    form = ArrivalForm(request.POST, infusion=infusion_or_404(request, pk))
    return _answer(
        request, pk, _checked(form, lambda one, by: run.record_arrival(infusion_id=one.pk, by=by, **form.values())),
        arrival_form=form,
    )  # fmt: skip


def _checked(form: Any, do: Do) -> Do:
    """Do it once the form is whole; what the verb finds wrong goes beside the fields."""

    def checked(infusion: Infusion, by: User) -> None:
        if not form.is_valid():
            raise Invalid("Please look at the marked fields.")
        try:
            do(infusion, by)
        except Invalid as error:
            form.refuse(error)
            raise

    return checked


@require_POST
def draw(request: HttpRequest, pk: UUID) -> HttpResponse:
    label = request.POST.get("vial_label", "")

    def do(infusion: Infusion, by: User) -> None:
        if not label.strip():
            raise Invalid({"vial_label": "Scan the sticker of the vial, or type its number."})
        run.draw(infusion_id=infusion.pk, vial_label=label, by=by)

    return _answer(request, pk, do, vial_label=label)


@require_POST
def double_check(request: HttpRequest, pk: UUID) -> HttpResponse:
    """By the one who is signed in; or, on the drawer's screen, by a colleague with a password of their own."""
    return _answer(request, pk, lambda one, by: run.double_check(infusion_id=one.pk, by=_person(request, one) or by))


@require_POST
def waste(request: HttpRequest, pk: UUID) -> HttpResponse:
    def do(infusion: Infusion, by: User) -> None:
        run.waste_rest(
            infusion_id=infusion.pk, witness=_witness(request, infusion), by=by, note=request.POST.get("reason", "")
        )

    return _answer(request, pk, do)


@require_POST
def discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    def do(infusion: Infusion, by: User) -> None:
        reason = request.POST.get("reason", "")
        run.discard(infusion_id=infusion.pk, reason=reason, witness=_witness(request, infusion), by=by)

    return _answer(request, pk, do)


@require_POST
def not_given(request: HttpRequest, pk: UUID) -> HttpResponse:
    def do(infusion: Infusion, by: User) -> None:
        reason = request.POST.get("reason", "")
        run.not_given(infusion_id=infusion.pk, reason=reason, by=by, witness=_person(request, infusion))

    return _answer(request, pk, do)


def _person(request: HttpRequest, infusion: Infusion) -> User | None:
    """Whoever was named and proved it with their password; None when nobody was named."""
    form = PersonForm(request.POST, request=request, site=infusion.appointment.site)
    require_valid(form)
    return form.cleaned_data["witness"] or None


def _witness(request: HttpRequest, infusion: Infusion) -> User:
    person = _person(request, infusion)
    if person is None:
        raise Invalid({"witness": "Choose the person who sees it wasted."})
    return person


# Vitals, events, the way home


@require_POST
def vitals(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Save one row. What can't be is answered with a sentence for each field, and the page keeps what was typed."""
    form = VitalsForm(request.POST)
    infusion = infusion_or_404(request, pk)
    errors: dict[str, str] = {}

    def do(one: Infusion, by: User) -> None:
        try:
            require_valid(form)
            run.record_vitals(
                infusion_id=one.pk, observed_at=form.observed_at(one.appointment.site), by=by,
                client_key=form.cleaned_data["client_key"], **form.values(),
            )  # fmt: skip
        except Invalid as error:
            errors.update(error.fields)
            raise

    typed = {name: request.POST.get(name, "") for name in form.fields}
    by = acting_user(request)
    error: DomainError | None = None
    try:
        do(infusion, by)
    except DomainError as refused:
        error = refused
    if error is None and not request.headers.get("HX-Request"):
        return redirect("infusions:infusion", pk=pk)
    chair = Chair(infusion, by, typed=typed if error else {}, errors=errors)
    whole = not request.headers.get("HX-Request")
    slim = not whole and not chair.is_before
    return _show(request, chair, whole=whole, status=error.status if error else 200, error=error, slim=slim)


@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, pk: UUID, row: UUID) -> HttpResponse:
    """A page of its own: the old row, the right values, and why."""
    infusion = infusion_or_404(request, pk)
    old = VitalSigns.objects.filter(infusion=infusion, pk=row, entered_in_error_at=None).first()
    if old is None:
        raise Http404
    form = CorrectionForm(request.POST or None, row=old)
    if request.method == "GET":
        log_read(request, patient_id=infusion.series.patient_id, what="infusion, a row to correct")
    elif form.is_valid():
        try:
            run.correct_vitals(
                vitals_id=old.pk, reason=form.cleaned_data["reason"], by=acting_user(request), **form.values()
            )
            return redirect("infusions:infusion", pk=pk)
        except Invalid as error:
            form.refuse(error)
    context = {"infusion": infusion, "row": old, "form": form, "site": infusion.appointment.site}
    return render(request, "infusions/correct.html", context, status=422 if form.errors else 200)


@require_POST
def answer(request: HttpRequest, pk: UUID, row: UUID) -> HttpResponse:
    """What was done about a reading that crossed a line."""

    def do(infusion: Infusion, by: User) -> None:
        if not infusion.vitals.filter(pk=row).exists():
            raise NotFound
        what = request.POST.get("what") or request.POST.get("words", "")
        run.answer_crossing(vitals_id=row, what=what, by=by)

    return _answer(request, pk, do)


@require_POST
def event(request: HttpRequest, pk: UUID) -> HttpResponse:
    form = EventForm(request.POST)

    def do(infusion: Infusion, by: User) -> None:
        require_valid(form)
        data = form.cleaned_data
        moment = latest_moment(infusion.appointment.site, data["at"]) if data["at"] else clock.now()
        run.record_event(
            infusion_id=infusion.pk, kind=data["kind"], text=data["text"], observed_at=moment, by=by,
            client_key=data["client_key"],
        )  # fmt: skip

    return _answer(request, pk, do)


@require_POST
def discharge(request: HttpRequest, pk: UUID) -> HttpResponse:
    chair = Chair(infusion_or_404(request, pk), acting_user(request))
    form = DischargeForm(request.POST, may_release=chair.may_override)

    def do(infusion: Infusion, by: User) -> None:
        run.discharge(infusion_id=infusion.pk, observed_at=clock.now(), by=by, **form.cleaned_data)

    return _answer(request, pk, _checked(form, do), discharge_form=form)
