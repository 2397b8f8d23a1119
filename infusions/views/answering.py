"""How the page beside the chair answers: the whole page, its parts anew, or a short word to a row that had waited."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import redirect, render

from clinic.access import acting_user
from clinic.composed import Composed
from clinic.errors import DomainError, Invalid, NotFound
from clinic.gathering import Given
from clinic.keeping import is_of_another
from clinic.models import User
from clinic.policy import Action, can, require
from infusions import pulse, stays
from infusions.access import require_same_patient
from infusions.chair import Chair
from infusions.events import DRUGS, ROUTES
from infusions.forms.chair import ArrivalForm
from infusions.forms.recovery import DischargeForm
from infusions.forms.witness import possible
from infusions.models import Infusion
from infusions.phrases import FIRST
from infusions.stays import Stay
from infusions.vitals import Taken
from patients.access import allow_here

# Quick events whose dialog is one line of words: kind, label, icon, what to write.
QUICK = (
    ("iv_in", "IV in", "drop", "Where: left forearm, 22 G"),
    ("nausea", "Nausea", "sad", "How bad, and what was done"),
    ("iv_out", "IV out", "out", "Site dry, dressed"),
)

Do = Callable[[Infusion, User], object]


def _composed(*join: str) -> Composed[Infusion]:
    return Composed(Infusion.objects.select_related(*join).filter(pk=Given("infusion")).order_by(), prepared=True)


WHOLE = _composed(
    "series__patient__site", "series__site", "appointment__site", "order__signed_by", "vial", "drawn_by", "checked_by",
    "nurse",
)  # fmt: skip
SLIM = _composed("series__patient", "appointment__site", "order", "vial")


def infusion_or_404(request: HttpRequest, pk: UUID, how: Composed[Infusion] = WHOLE) -> Infusion:
    """The infusion at one of the user's sites. Raises Http404 for a stranger, NotPermitted for a colleague."""
    return allowed_or_404(request, how.first(infusion=pk))


def allowed_or_404(request: HttpRequest, infusion: Infusion | None) -> Infusion:
    """The same of an infusion that was read already."""
    if infusion is None or infusion.appointment.site_id not in acting_user(request).site_ids:
        raise Http404
    allow_here(request, infusion.appointment.site)
    if request.method == "POST" and can(acting_user(request), Action.SEE_INFUSION, infusion.appointment.site):
        require_same_patient(request, infusion)
    return infusion


def show(
    request: HttpRequest,
    chair: Chair,
    *,
    whole: bool = False,
    status: int = 200,
    error: DomainError | None = None,
    slim: bool = False,
    **forms: Any,
) -> HttpResponse:
    """The page or its parts; `slim` leaves out what a row does not change, or what the page fetches a moment later."""
    context = {
        "chair": chair, "infusion": chair.infusion, "site": chair.site, "error": error, "quick": QUICK, "slim": slim,
        "drugs": DRUGS, "routes": ROUTES, "first_phrases": FIRST,
    }  # fmt: skip
    context |= forms if slim else offered(chair) | forms
    template = "infusions/chair.html" if whole else "infusions/chair_parts.html"
    return render(request, template, context, status=status)


def unless_known(request: HttpRequest, infusion_id: UUID, draw: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer of `draw` with a tag of its state, or 304 and nothing drawn when the page has that state already."""
    tag = f'"{pulse.of_infusion(infusion_id)}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers={"ETag": tag, "Cache-Control": "no-store, private"})
    response = draw()
    response["ETag"] = tag
    return response


def offered(chair: Chair) -> dict[str, Any]:
    """The unbound forms that the present state offers."""
    made: dict[str, Any] = {}
    if chair.is_before and chair.is_here and chair.may_run:
        made["arrival_form"] = ArrivalForm(infusion=chair.infusion, check=chair.arrival)
    if chair.state == "recovery" and chair.may_run:
        escort = chair.arrival.escort if chair.arrival else None
        made["discharge_form"] = DischargeForm(
            site=chair.site, by=chair.user, escort=escort, may_release=chair.may_override
        )
    needs_person = chair.infusion.drawn_ml is not None and (chair.is_before or bool(chair.to_waste))
    if needs_person and chair.may_run:
        made["people"] = possible(chair.site, chair.user)
    return made


def answer(
    request: HttpRequest, pk: UUID, do: Do, *, slim: bool = False, typed: dict[str, str] | None = None, **forms: Any
) -> HttpResponse:
    """Do it, then show the parts as they are now; what a verb refuses is said, and what was typed stays.

    Front desk may check in, but not read what stands beside the chair: they are led back to the visit. A row that the
    page had kept (`X-Row`) is told in JSON why it is refused; with `X-Brief` its success is a bare 204. A page that
    somebody else had opened is locked: nothing is written in another person's name.
    """
    if is_of_another(request):
        return HttpResponse(status=401)
    infusion, user = infusion_or_404(request, pk, SLIM if slim else WHOLE), acting_user(request)
    if not can(user, Action.SEE_INFUSION, infusion.appointment.site):
        do(infusion, user)
        return redirect("visits:appointment", pk=infusion.appointment_id)
    done, error = _tried(partial(do, infusion, user))
    return _shown(request, infusion, done, error, slim=slim, typed=typed, **forms)


def answer_behind_lock(
    request: HttpRequest, pk: UUID, do: Callable[[Stay, User], Taken], *, typed: dict[str, str]
) -> HttpResponse:
    """The same for a row that is checked against all that stands on the sheet: read once, behind the lock.

    What is drawn is of that reading too, once the row is kept and the lock is gone.
    """
    if is_of_another(request):
        return HttpResponse(status=401)
    user = acting_user(request)
    with transaction.atomic():
        stay = stays.locked(pk, at=user.site_ids)
        require(user, Action.SEE_INFUSION, at=allowed_or_404(request, stay.infusion).appointment.site)
        done, error = _tried(partial(do, stay, user))
    return _shown(request, stay.infusion, done, error, slim=True, typed=typed)


def _tried(do: Callable[[], object]) -> tuple[object, DomainError | None]:
    """What came of it, or why it was refused. Raises Http404."""
    try:
        return do(), None
    except NotFound as gone:
        raise Http404 from gone
    except DomainError as refused:
        return None, refused


def _shown(
    request: HttpRequest,
    infusion: Infusion,
    done: object,
    error: DomainError | None,
    *,
    slim: bool,
    typed: dict[str, str] | None,
    **forms: Any,
) -> HttpResponse:
    if "X-Row" in request.headers and (error or "X-Brief" in request.headers):
        return _told(error)
    whole = not request.headers.get("HX-Request")
    if error is None and whole:
        return redirect("infusions:infusion", pk=infusion.pk)
    slim = slim and not whole
    fresh = infusion if slim else infusion_or_404(request, infusion.pk)
    taken = done if slim and isinstance(done, Taken) else None
    chair = Chair(fresh, acting_user(request), typed=typed or {} if error else {}, errors=_fields(error), slim=slim,
                  taken=taken)  # fmt: skip
    shown = {name: form for name, form in forms.items() if error}
    status = error.status if error else 200
    return show(request, chair, whole=whole, status=status, error=error, slim=slim, **shown)


def _told(error: DomainError | None) -> HttpResponse:
    if error is None:
        return HttpResponse(status=204)
    told = {"title": error.title, "sentence": error.sentence, "fields": _fields(error)}
    return JsonResponse(told, status=error.status)


def _fields(error: DomainError | None) -> dict[str, str]:
    return dict(error.fields) if isinstance(error, Invalid) else {}


def checked(form: Any, do: Do) -> Do:
    """Do it once the form is whole; what the verb finds wrong goes beside the fields."""

    def after_check(infusion: Infusion, by: User) -> None:
        if not form.is_valid():
            raise Invalid("Please look at the marked fields.")
        try:
            do(infusion, by)
        except Invalid as error:
            form.refuse(error)
            raise

    return after_check
