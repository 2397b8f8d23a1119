"""The page beside the chair. Each door finds the infusion, calls one verb, and answers with the page's parts anew."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from clinic import clock
from clinic.access import acting_user, log_read
from clinic.errors import Invalid
from clinic.models import User
from infusions import run
from infusions.chair import Chair
from infusions.forms.chair import ArrivalForm, DrawForm, PersonForm, ReasonForm, require_valid
from infusions.models import Infusion
from infusions.views.answering import answer, checked, infusion_or_404, show, unless_known


@require_GET
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The whole page; opening it is written to the read log."""
    infusion = infusion_or_404(request, pk)
    log_read(request, patient_id=infusion.series.patient_id, what="infusion")
    return show(request, Chair(infusion, acting_user(request)), whole=True)


@require_GET
def parts(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What may have changed since, for a page that is open."""
    infusion = infusion_or_404(request, pk)
    return unless_known(request, pk, lambda: show(request, Chair(infusion, acting_user(request))))


# Steps


@require_POST
def check_in(request: HttpRequest, pk: UUID) -> HttpResponse:
    return answer(request, pk, lambda one, by: run.check_in(infusion_id=one.pk, by=by, observed_at=clock.now()))


@require_POST
def clear(request: HttpRequest, pk: UUID) -> HttpResponse:
    return answer(request, pk, lambda one, by: run.clear(infusion_id=one.pk, by=by))


@require_POST
def start(request: HttpRequest, pk: UUID) -> HttpResponse:
    return answer(request, pk, lambda one, by: run.start(infusion_id=one.pk, by=by, observed_at=clock.now()))


@require_POST
def hold(request: HttpRequest, pk: UUID) -> HttpResponse:
    return answer(
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

    return answer(request, pk, do)


# Arrival, dose, second person


@require_POST
def arrival(request: HttpRequest, pk: UUID) -> HttpResponse:
    form = ArrivalForm(request.POST, infusion=infusion_or_404(request, pk))
    return answer(
        request, pk, checked(form, lambda one, by: run.record_arrival(infusion_id=one.pk, by=by, **form.values())),
        arrival_form=form,
    )  # fmt: skip


@require_POST
def draw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The strength is the one whose volume the page showed; the vial's own comes from the stock record."""
    form = DrawForm(request.POST)

    def do(infusion: Infusion, by: User) -> None:
        require_valid(form)
        typed = form.cleaned_data
        run.draw(infusion_id=infusion.pk, vial_label=typed["vial_label"], strength_mg_per_ml=typed["strength"], by=by)

    return answer(request, pk, do, vial_label=request.POST.get("vial_label", ""))


@require_POST
def double_check(request: HttpRequest, pk: UUID) -> HttpResponse:
    """By the one who is signed in; or, on the drawer's screen, by a colleague with a password of their own."""
    return answer(request, pk, lambda one, by: run.double_check(infusion_id=one.pk, by=_person(request, one) or by))


@require_POST
def waste(request: HttpRequest, pk: UUID) -> HttpResponse:
    def do(infusion: Infusion, by: User) -> None:
        run.waste_rest(
            infusion_id=infusion.pk, witness=_witness(request, infusion), by=by, note=request.POST.get("reason", "")
        )

    return answer(request, pk, do)


@require_POST
def discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    def do(infusion: Infusion, by: User) -> None:
        reason = request.POST.get("reason", "")
        run.discard(infusion_id=infusion.pk, reason=reason, witness=_witness(request, infusion), by=by)

    return answer(request, pk, do)


@require_POST
def not_given(request: HttpRequest, pk: UUID) -> HttpResponse:
    def do(infusion: Infusion, by: User) -> None:
        reason = request.POST.get("reason", "")
        run.not_given(infusion_id=infusion.pk, reason=reason, by=by, witness=_person(request, infusion))

    return answer(request, pk, do)


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
