"""The patient's own curve: released by the care team, opened by a secret link, in plain words."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.views.decorators.http import require_POST

from clinic.access import acting_user
from clinic.errors import NotFound
from clinic.policy import Action, require
from journey import own_page
from journey.outcomes import own, reading
from journey.outcomes.picture import Score
from journey.views.outcomes import page
from patients import links
from patients.access import patient_or_404
from patients.models import Patient, PatientLink
from patients.views.linked import by_link, hand_over
from reminders.links_in_words import PURPOSE

RELEASE = "curve released to the patient"


@require_POST
def share(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Release the curve: a link that works for a month, shown once, or this tablet in the patient's hands."""
    patient = patient_or_404(request, pk, what=RELEASE)
    path = links.make(patient_id=patient.pk, purpose=reading.CURVE, by=acting_user(request), days=reading.CURVE_DAYS)
    if "tablet" in request.POST:
        link = reading.shared_link(patient)
        assert link
        return hand_over(request, link)
    return page(request, patient, address=request.build_absolute_uri(path))


@require_POST
def take_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let the link open nothing any more."""
    patient = patient_or_404(request, pk, what=RELEASE)
    require(acting_user(request), Action.SHARE_CURVE, at=patient.site)
    link = reading.shared_link(patient)
    if link is not None:
        links.revoke(link_id=link.pk, by=acting_user(request))
        messages.success(request, "The link opens nothing any more.")
    return redirect("journey:outcome", patient.pk)


@by_link(reading.CURVE, PURPOSE)
def show(request: HttpRequest, link: PatientLink) -> HttpResponse:
    """Scores and goals of this link's patient, without bands, diagnoses or anybody's notes."""
    patient = link.patient
    if link.purpose == PURPOSE and own_page.summary_of(patient) is None:
        raise NotFound  # the care team has not released it
    goals = reading.goals_of(patient)
    phq9 = [one for one in reading.scores_of(patient) if one.instrument == "phq9"]
    course = reading.course_of(patient)
    scores = [Score(one.observed_at, one.score or 0) for one in phq9]
    baseline = reading.baseline_of(phq9, course.begins)
    drawn = own.draw(scores, course.given, baseline=baseline)
    context = {
        "link": link,
        "site": patient.site,
        "own": drawn,
        "baseline": baseline,
        "latest": scores[-1].value if scores else None,
        "first_day": _day(patient, drawn.first) if drawn else "",
        "last_day": _day(patient, drawn.last) if drawn else "",
        "rows": [(_day(patient, score.at), score.value) for score in reversed(scores)],
        "goals": [(story, _day(patient, story.ratings[-1].observed_at) if story.ratings else "") for story in goals],
    }
    return render(request, "journey/own_curve.html", context)


def _day(patient: Patient, at: datetime) -> str:
    """A day in the language of the page: “2 Feb 2027”."""
    return date_format(patient.site.local(at), "j M Y")
