"""The evening of an infusion and the day after, on the patient's own page; and the summary of a series."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language

from clinic.documents.answer import attachment
from clinic.errors import NotFound
from infusions import checkins
from infusions.forms.checkin import CheckInForm, known
from infusions.models import CheckIn
from journey import own_page
from journey.views.own_visits import show
from patients.models import PatientLink
from patients.views.linked import by_link
from reminders.links_in_words import PURPOSE
from visits import patient_words


@by_link(PURPOSE)
def checkin(request: HttpRequest, link: PatientLink) -> HttpResponse:
    """The questions of the day after; what is sent is kept, and 988 comes before anything else."""
    found = checkins.asked(link.patient)
    if found is None:
        return show(request, link, "journey/own/checkin_over.html", {})
    if request.method != "POST":
        return _questions(request, link, found, CheckInForm(initial=known(found)))
    form = CheckInForm(request.POST)
    outcome = checkins.answer(link=link, checkin_id=found.pk, typed=form.typed(), language=(get_language() or "en")[:2])
    if outcome.is_crisis:
        return redirect("own:checkin-help", request.link_token)  # type: ignore[attr-defined]
    if outcome.missing:
        form.say(outcome.missing)
        return _questions(request, link, outcome.checkin, form, status=422)
    return redirect("own:checkin", request.link_token)  # type: ignore[attr-defined]


def _questions(
    request: HttpRequest, link: PatientLink, found: CheckIn, form: CheckInForm, status: int = 200
) -> HttpResponse:
    context = {"checkin": found, "form": form, "is_answered": found.state == CheckIn.State.ANSWERED}
    return show(request, link, "journey/own/checkin.html", context, status=status)


@by_link(PURPOSE)
def help_now(request: HttpRequest, link: PatientLink) -> HttpResponse:
    """What a patient sees at once when an answer speaks of suicide (protocol 4.2); the questions go on from here."""
    home = own_page.read(link, (get_language() or "en")[:2])
    return show(request, link, "journey/own/checkin_help.html", {"home": home})


@by_link(PURPOSE)
def tonight(request: HttpRequest, link: PatientLink) -> HttpResponse:
    """What to heed until tomorrow. It stays open for as long as the link does."""
    found = checkins.tonight(link.patient)
    until = patient_words.when(link.patient.site, found.due_at) if found else ""
    return show(request, link, "journey/own/tonight.html", {"until": until})


@by_link(PURPOSE)
def summary(request: HttpRequest, link: PatientLink) -> HttpResponse:
    """The paper that a provider signed, for the patient to keep."""
    found = own_page.summary_of(link.patient)
    if found is None:
        raise NotFound
    day = link.patient.site.local(found.signed_at)
    return attachment(bytes(found.pdf), f"summary-{day:%Y-%m-%d}.pdf", "application/pdf")
