"""The patient's plan behind a link: read it, tick it, write between sessions; and the page of somebody close to them.

Each change is followed by a redirect to how things stand. The page of another person shows nothing of the patient, not
even that anybody is worried about them.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from clinic import clock
from clinic.errors import NotFound
from patients import alerts, giving
from patients.links import Told
from patients.models import PatientLink
from patients.views.linked import by_link
from reminders.links_in_words import PURPOSE as OWN_PAGE
from therapy import collateral, integration_plans, journals
from therapy.integration_plans import PURPOSE
from therapy.models import JournalEntry
from visits import patient_words

OWN_ENTRIES = 20


@by_link(PURPOSE, OWN_PAGE)
def home(request: HttpRequest, link: PatientLink) -> HttpResponse:
    return _plan(request, link)


def _plan(request: HttpRequest, link: PatientLink, *, typed: str = "", told: Told | None = None) -> HttpResponse:
    plan = integration_plans.own(link)
    if plan is None:
        raise NotFound
    site, shown = plan.series.site, integration_plans.shown(plan)
    entries = JournalEntry.objects.filter(patient=link.patient_id)[:OWN_ENTRIES]
    context = {
        "shown": shown,
        "plan": plan,
        "steps": [(step, done, patient_words.on(step.due_on)) for step, done in shown.steps],
        "entries": [(entry, patient_words.day(site, entry.written_at)) for entry in entries],
        "others": collateral.standing(link.patient_id),
        "typed": typed,
        "trouble": told,
        "form_key": request.POST.get("form_key") or uuid4(),
        "is_said": "said" in request.GET,
    }
    return _show(request, link, "therapy/own/plan.html", context, status=told.status if told else 200)


@by_link(PURPOSE, OWN_PAGE)
def tick(request: HttpRequest, link: PatientLink, pk: UUID) -> HttpResponse:
    """One step is done, or not yet after all."""
    if request.method == "POST":
        try:
            integration_plans.tick(link=link, step_id=pk, is_done=request.POST.get("done") == "1")
        except Told as told:
            return _plan(request, link, told=told)
    return _back(request, "plan:own", f"#step-{pk}")


@by_link(PURPOSE, OWN_PAGE)
def journal(request: HttpRequest, link: PatientLink) -> HttpResponse:
    """What is written is kept; words of self-harm lead to 988 before anything else."""
    if request.method != "POST":
        return _back(request, "plan:own")
    text = request.POST.get("text", "")
    try:
        kept = journals.write(link=link, text=text, form_key=_key(request))
    except Told as told:
        return _plan(request, link, typed=text, told=told)
    return _back(request, "plan:help") if kept.is_urgent else _back(request, "plan:own", "?said=1#journal")


@by_link(PURPOSE, OWN_PAGE)
def help_now(request: HttpRequest, link: PatientLink) -> HttpResponse:
    return _show(request, link, "therapy/own/help.html", {"is_crisis": False, "back": "plan:own"})


@by_link(PURPOSE, OWN_PAGE)
def end_consent(request: HttpRequest, link: PatientLink, pk: UUID) -> HttpResponse:
    """The patient takes back that somebody may write about them."""
    if request.method == "POST":
        collateral.revoke_own(link=link, consent_id=pk)
    return _back(request, "plan:own")


@by_link(collateral.PURPOSE)
def note(request: HttpRequest, link: PatientLink) -> HttpResponse:
    """What somebody close noticed. It answers with thanks and with whom to call, and shows nothing."""
    if collateral.in_force(link) is None:
        raise NotFound
    context: dict[str, Any] = {"is_crisis": False, "form_key": uuid4(), "is_said": "said" in request.GET}
    if request.method != "POST":
        return _show(request, link, "therapy/own/note.html", context)
    text = request.POST.get("text", "")
    try:
        kept = collateral.write(link=link, text=text, form_key=_key(request))
    except Told as told:
        context |= {"typed": text, "trouble": told, "form_key": request.POST.get("form_key")}
        return _show(request, link, "therapy/own/note.html", context, status=told.status)
    if kept.alert_id:
        return _show(request, link, "therapy/own/help.html", context | {"is_others": True, "back": "plan:note"})
    return _back(request, "plan:note", "?said=1")


def _key(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("form_key", ""))
    except ValueError:
        return uuid4()


def _back(request: HttpRequest, name: str, tail: str = "") -> HttpResponse:
    answer = redirect(name, request.link_token)  # type: ignore[attr-defined]
    answer["Location"] += tail
    return answer


def _show(
    request: HttpRequest, link: PatientLink, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """As the other pages behind a link: the numbers stay for a day after words of suicide."""
    since = clock.now() - giving.FRESH
    if "is_crisis" not in context:
        context["is_crisis"] = alerts.open_alerts(link.patient).filter(opened_at__gte=since).exists()
    token = request.link_token  # type: ignore[attr-defined]
    site = context["plan"].series.site if "plan" in context else link.patient.site
    return render(request, template, {"link": link, "site": site, "token": token} | context, status=status)
