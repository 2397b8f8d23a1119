"""A safety alert: what was answered, what is to be done, who does it, how it ended; and the strip that calls for it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.db.models import F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from clinic import clock, on_call
from clinic.access import acting_user
from clinic.errors import Invalid, Refused
from clinic.policy import Action, can
from patients import alert_contacts, alerts, instruments, safety_plans
from patients.access import patient_or_404
from patients.forms.safety import ClearanceForm, GradeForm, OutcomeForm
from patients.models import AlertContact, Contact, MeasureResponse, SafetyAlert

STRIP_SHOWS = 5


@require_GET
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _page(request, _alert_or_404(request, pk))


@require_GET
def strip(request: HttpRequest) -> HttpResponse:
    """What stands on top of every page of clinical staff while nobody has taken an alert up.

    No name: a patient may sit in front of this screen. 204 while nothing changed, so that it is read out once.
    """
    sites = [held.site for held in acting_user(request).roles_held if can(request.user, Action.HANDLE_ALERT, held.site)]
    waiting = (
        SafetyAlert.objects.filter(patient__site__in=sites, acknowledged_at__isnull=True, closed_at__isnull=True)
        .select_related("patient__site")
        .order_by("acknowledge_by", "id")
    )
    rows, now = list(waiting[:STRIP_SHOWS]), clock.now()
    seen = "-".join(f"{alert.pk.hex[-8:]}{'!' if alert.acknowledge_by <= now else ''}" for alert in rows)
    if seen == request.GET.get("seen", ""):
        return HttpResponse(status=204)
    lines = [(alert, alert.patient.site, alert.acknowledge_by <= now) for alert in rows]
    return render(request, "patients/_alert_strip.html", {"lines": lines, "seen": seen})


@require_POST
def acknowledge(request: HttpRequest, pk: UUID) -> HttpResponse:
    alerts.acknowledge(alert_id=pk, by=acting_user(request))
    return redirect("patients:alert", pk)


@require_POST
def clear(request: HttpRequest, pk: UUID) -> HttpResponse:
    note, by = request.POST.get("note", ""), acting_user(request)
    return _decide(
        request, pk, ClearanceForm(request.POST), lambda: alerts.clear_for_infusion(alert_id=pk, note=note, by=by)
    )


@require_POST
def regrade(request: HttpRequest, pk: UUID) -> HttpResponse:
    grade, reason, by = request.POST.get("grade", ""), request.POST.get("reason", ""), acting_user(request)
    form = GradeForm(request.POST, now=_alert_or_404(request, pk).grade)
    return _decide(request, pk, form, lambda: alerts.regrade(alert_id=pk, grade=grade, reason=reason, by=by))


@require_POST
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    outcome, without = request.POST.get("outcome", ""), request.POST.get("without", "")
    return _decide(
        request,
        pk,
        OutcomeForm(request.POST),
        lambda: alerts.close(alert_id=pk, outcome=outcome, without=without, by=acting_user(request)),
    )


@require_POST
def contact(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What came of one required contact."""
    found = AlertContact.objects.filter(pk=pk, alert__patient__site__in=acting_user(request).site_ids).first()
    if found is None:
        raise Http404
    words, reached = request.POST.get("words", ""), request.POST.get("reached") == "yes"
    try:
        alert_contacts.record(contact_id=pk, reached=reached, words=words, by=acting_user(request))
    except Invalid as error:
        alert = _alert_or_404(request, found.alert_id)
        return _page(request, alert, wrong=(pk, error.sentence), status=422)
    except Refused as error:
        return _page(request, _alert_or_404(request, found.alert_id), refusal=error, status=error.status)
    return redirect("patients:alert", found.alert_id)


def _decide(request: HttpRequest, pk: UUID, form: forms.Form, verb: Callable[[], SafetyAlert]) -> HttpResponse:
    """Call the verb; what it refuses comes back with what was typed."""
    try:
        verb()
    except Invalid as error:
        form.refuse(error)  # type: ignore[attr-defined]
        return _page(request, _alert_or_404(request, pk), form=form, status=422)
    except Refused as error:
        return _page(request, _alert_or_404(request, pk), form=form, refusal=error, status=error.status)
    return redirect("patients:alert", pk)


def _alert_or_404(request: HttpRequest, pk: UUID) -> SafetyAlert:
    found = (
        SafetyAlert.objects.select_related(
            "patient__site", "measure", "screen", "acknowledged_by", "cleared_by", "closed_by"
        )
        .prefetch_related("pages__recipient")
        .filter(pk=pk, patient__site__in=acting_user(request).site_ids)
        .first()
    )
    if found is None:
        raise Http404
    patient_or_404(request, found.patient_id, what="safety alert")
    return found


def _page(
    request: HttpRequest,
    alert: SafetyAlert,
    *,
    form: forms.Form | None = None,
    wrong: tuple[UUID, str] | None = None,
    refusal: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    site = alert.patient.site
    contacts = list(alert.contacts.select_related("ended_by").order_by(F("ended_at").asc(nulls_first=True), "due_at"))
    all_made = all(one.state != AlertContact.State.OPEN for one in contacts)
    grave = alert.grade in {SafetyAlert.Grade.HIGH, SafetyAlert.Grade.UNSCREENED}
    may_clear = can(request.user, Action.CLEAR_ALERT, site)
    closing = Action.CLEAR_ALERT if grave else Action.CLOSE_ALERT
    context = {
        "alert": alert,
        "patient": alert.patient,
        "site": site,
        "steps": alerts.NEXT_STEPS[alert.grade],
        "said": _said(alert),
        "late": alert.acknowledged_at is None and clock.now() > alert.acknowledge_by,
        "refusal": refusal,
        "clearance": form if isinstance(form, ClearanceForm) else ClearanceForm(),
        "outcome": _outcome_form(form, ask_why=not all_made and may_clear),
        "grading": form if isinstance(form, GradeForm) else GradeForm(now=alert.grade),
        "may_clear": may_clear,
        "may_close": can(request.user, closing, site),
        "callers": [caller for tell in alerts.called_by for caller in tell(alert, acting_user(request))],
        "may_end": all_made or may_clear,
        "clearable": alert.grade in {SafetyAlert.Grade.LOW, SafetyAlert.Grade.MODERATE},
        "contacts": [_row(one, may_clear, wrong) for one in contacts],
        "open_contacts": sum(one.state == AlertContact.State.OPEN for one in contacts),
        "gradings": alert.gradings.select_related("by"),
        "rota": on_call.at(site, clock.now()),
        "plan": safety_plans.in_force(alert.patient),
        "kin": _to_call(alert),
    }
    return render(request, "patients/alert.html", context, status=status)


def _outcome_form(form: forms.Form | None, *, ask_why: bool) -> forms.Form:
    return form if isinstance(form, OutcomeForm) else OutcomeForm(all_made=not ask_why)


def _row(contact: AlertContact, may_clear: bool, wrong: tuple[UUID, str] | None) -> dict[str, object]:
    """One required contact as the page shows it."""
    is_open = contact.state == AlertContact.State.OPEN
    mine = may_clear or contact.kind not in alert_contacts.FOR_PROVIDERS
    return {
        "contact": contact,
        "late": is_open and contact.due_at < clock.now(),
        "may": is_open and mine,
        "call": contact.kind not in alert_contacts.NOT_CALLS or contact.kind == AlertContact.Kind.EMERGENCY,
        "error": wrong[1] if wrong and wrong[0] == contact.pk else "",
    }


def _to_call(alert: SafetyAlert) -> list[Contact]:
    """Whom the clinic may look for the patient through."""
    asked = Q(kind=Contact.Kind.EMERGENCY) | Q(kind=Contact.Kind.CLINICIAN)
    return list(alert.patient.contacts.filter(asked, is_active=True).order_by("kind", "name")[:5])


def _said(alert: SafetyAlert) -> list[tuple[MeasureResponse, list[tuple[str, str]]]]:
    """The answers that opened or graded it, in the words of the questionnaire."""
    found: list[tuple[MeasureResponse, list[tuple[str, str]]]] = []
    for response in (alert.measure, alert.screen):
        if response is None or (found and found[-1][0] == response):
            continue
        asked = instruments.stored(response.instrument, response.version)
        pairs = list(zip(asked.items, response.items, strict=True))
        if response.instrument == MeasureResponse.Instrument.PHQ9:
            pairs = pairs[8:]
        found.append((response, [(item.text, dict(item.options).get(value, "Not asked")) for item, value in pairs]))
    return found
