"""The way home, and the form of one who leaves against advice."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from clinic import clock
from clinic.access import acting_user, log_read
from clinic.errors import Invalid, Refused
from clinic.models import User
from clinic.policy import Action, can
from infusions import run
from infusions.chair import Chair
from infusions.forms.recovery import AgainstAdviceForm, DischargeForm
from infusions.models import Infusion
from infusions.states import State
from infusions.views.answering import answer, checked, infusion_or_404


@require_POST
def discharge(request: HttpRequest, pk: UUID) -> HttpResponse:
    chair = Chair(infusion_or_404(request, pk), acting_user(request))
    form = DischargeForm(request.POST, request=request, site=chair.site, may_release=chair.may_override)

    def do(infusion: Infusion, by: User) -> None:
        run.discharge(infusion_id=infusion.pk, observed_at=clock.now(), by=by, **form.values())

    return answer(request, pk, checked(form, do), discharge_form=form)


@require_http_methods(["GET", "POST"])
def against_advice(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A page of its own: what was found, what was explained, and who signs."""
    infusion = infusion_or_404(request, pk)
    by, site = acting_user(request), infusion.appointment.site
    log_read(request, patient_id=infusion.series.patient_id, what="leave against advice")
    form = AgainstAdviceForm(
        request.POST if request.method == "POST" else None,
        request=request,
        site=site,
        may_release=can(by, Action.OVERRIDE_GATE, site),
    )
    if request.method == "POST" and form.is_valid():
        try:
            run.discharge(infusion_id=pk, observed_at=clock.now(), by=by, **form.values())
        except Invalid as error:
            form.refuse(error)
        except Refused as error:
            form.add_error(None, error.sentence)
        else:
            messages.warning(request, "The patient left against advice. A call is on the list of the nurses.")
            return redirect("infusions:note", pk)
    context = {
        "infusion": infusion,
        "patient": infusion.series.patient,
        "site": site,
        "form": form,
        "in_recovery": infusion.state == State.RECOVERY,
    }
    return render(request, "infusions/against_advice.html", context, status=422 if form.errors else 200)
