"""What a patient answered the day after an infusion, and the nurse's page to fill it in on the phone."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from clinic.access import acting_user
from clinic.errors import Invalid, Refused
from clinic.policy import Action, can
from infusions import checkins
from infusions.forms.checkin import CheckInForm, known
from infusions.models import CheckIn
from patients.access import patient_or_404


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = checkins.whole().filter(pk=pk).first()
    if found is None:
        raise Http404
    patient_or_404(request, found.infusion.series.patient_id, what="check-in")
    if request.method == "GET":
        return _page(request, found, CheckInForm(initial=known(found)))
    form = CheckInForm(request.POST)
    try:
        checkins.record_call(checkin_id=pk, typed=form.typed(), by=acting_user(request))
    except Invalid as error:
        form.say(error.fields)
        return _page(request, found, form, status=422)
    except Refused as error:
        messages.warning(request, error.sentence)
    else:
        messages.success(request, "Kept. The call is off the list.")
    return redirect("infusions:checkin", pk)


def _page(request: HttpRequest, found: CheckIn, form: CheckInForm, status: int = 200) -> HttpResponse:
    site = found.infusion.appointment.site
    is_open = found.state == CheckIn.State.OPEN
    context = {
        "call": checkins.open_call(found),
        "checkin": found,
        "patient": found.infusion.series.patient,
        "site": site,
        "form": form if is_open and can(acting_user(request), Action.RECORD_MEASURE, site) else None,
    }
    return render(request, "infusions/checkin.html", context, status=status)
