"""The series wizard: wishes on the left, complete plans on the right, one click books all of it."""

from __future__ import annotations

from calendar import day_abbr
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from clinic import settings_versions
from clinic.access import acting_user
from clinic.errors import DomainError, Invalid
from clinic.models import Closure, ProtocolSettings, Site
from clinic.policy import Action, can
from clinic.wording import listed
from infusions import boosters
from infusions.models import Infusion, Series
from journey import estimating, proposals
from journey.forms import BoosterForm, WishesForm
from journey.series import book_booster, book_series
from patients.access import patient_or_404
from patients.models import Patient
from visits import booking, lengths, planner, runways
from visits.lengths import Length
from visits.models import Appointment
from visits.planner import Proposal
from visits.rules import Gaps, Timing

NOON = time(12)


@dataclass(frozen=True)
class Cell:
    """One day of the small calendar: its number, and what stands on it."""

    day: date
    mark: str = ""
    css: str = ""


@dataclass(frozen=True)
class Offer:
    """One proposal as the page shows it."""

    proposal: Proposal
    title: str
    span: str
    sealed: str
    weeks: list[list[Cell]]
    first_day: date
    cost: str = ""

    @property
    def weekdays(self) -> list[str]:
        return [day_abbr[cell.day.weekday()] for cell in self.weeks[0]]

    @property
    def is_all_met(self) -> bool:
        return all(tone != "warn" for tone, _ in self.proposal.reasons)

    @property
    def therapy(self) -> list[datetime]:
        return [
            slot.starts_at for slot in (self.proposal.preparation, self.proposal.midpoint, self.proposal.integration)
        ]


@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Propose plans for a patient's wishes, and book the one that is chosen."""
    patient = patient_or_404(request, pk, what="series plan")
    if request.method == "POST":
        return _book(request, patient)
    return _propose(request, patient)


def _typed(request: HttpRequest, patient: Patient, settings: ProtocolSettings, usual: Length) -> QueryDict:
    """What was asked for; where nothing was, what suits most."""
    typed = QueryDict(mutable=True)
    first = patient.site.today() + timedelta(days=3)
    typed.update(
        {
            "count": str(settings.series_count),
            "not_before": first.isoformat(),
            "days": "1,4",
            "at": "09:00",
            "drug": str(usual.drug),
            "recovery": str(usual.recovery),
        }
    )
    for name, values in request.GET.lists():
        if any(values):
            typed.setlist(name, values)
    return typed


def _propose(request: HttpRequest, patient: Patient, *, error: DomainError | None = None) -> HttpResponse:
    settings = settings_versions.current(patient.site)
    usual = lengths.usual(patient, Timing.of(settings))
    form = WishesForm(_typed(request, patient, settings, usual), site=patient.site, usual=usual)
    offers: list[Offer] = []
    refusal = error
    if form.is_valid():
        try:
            found = planner.propose(
                patient=patient,
                site=patient.site,
                first_ever=booking.is_first_ever(patient),
                by=acting_user(request),
                **form.wishes,
            )
            closed = _closed_days(patient.site, form.cleaned_data["not_before"])
            offers = [_offer(patient, proposal, form.template_words, closed) for proposal in found]
            if can(acting_user(request), Action.SEE_COVERAGE, patient.site):
                costs = estimating.costs(patient, found)
                offers = [replace(offer, cost=cost) for offer, cost in zip(offers, costs, strict=True)]
        except Invalid as problem:
            form.refuse(problem)
        except DomainError as problem:
            refusal = error or problem
    starts = [offers[0].proposal.infusions[0].starts_at] if offers else []
    context = {"patient": patient, "form": form, "offers": offers, "refusal": refusal, "lost": error}
    context["runway"] = next(iter(runways.before_booking(patient, Appointment.Kind.INFUSION, starts)), None)
    context |= {"rules": Gaps.of(settings), "settings": settings}
    template = "journey/_offers.html" if request.headers.get("HX-Request") else "journey/series.html"
    return render(request, template, context, status=error.status if error else 200)


def _book(request: HttpRequest, patient: Patient) -> HttpResponse:
    try:
        proposal, words = proposals.open_sealed(patient, request.POST.get("plan", ""))
        made = book_series(
            patient=patient, site=patient.site, proposal=proposal, template=words, by=acting_user(request)
        )
    except DomainError as error:
        return _propose(request, patient, error=error)
    count = made.infusions.count() + 3
    messages.success(request, f"All {count} visits are booked. {patient.name} gets one message with every date.")
    return redirect("journey:chart", pk=patient.pk)


def _closed_days(site: Site, first: date) -> set[date]:
    closed: set[date] = set()
    for closure in Closure.objects.filter(site=site, room__isnull=True, last_day__gte=first - timedelta(days=28))[:60]:
        day = closure.first_day
        while day <= closure.last_day:
            closed.add(day)
            day += timedelta(days=1)
    return closed


def _offer(patient: Patient, proposal: Proposal, wish: str, closed: set[date]) -> Offer:
    site = patient.site
    starts = [site.local(slot.starts_at) for slot in proposal.infusions]
    words = _weekdays(starts) or wish
    hours = sorted({f"{start:%H:%M}" for start in starts})
    days = (starts[-1].date() - starts[0].date()).days
    first, last = starts[0], starts[-1]
    return Offer(
        proposal=proposal,
        title=f"{words} at {' and '.join(hours) if len(hours) < 3 else f'{hours[0]} to {hours[-1]}'}",
        span=f"{first.day} {first:%b} to {last.day} {last:%b}, {days} days",
        sealed=proposals.seal(patient, proposal, words),
        weeks=list(_weeks(site, proposal, closed)),
        first_day=first.date(),
    )


def _weekdays(starts: list[datetime]) -> str:
    """The weekdays on which a plan falls more than once, as "Tue and Fri": a plan may differ from the wish."""
    often = sorted(day for day, times in Counter(start.weekday() for start in starts).items() if times > 1)
    return listed([day_abbr[day] for day in often])


def _weeks(site: Site, proposal: Proposal, closed: set[date]) -> Iterator[list[Cell]]:
    """Monday to Sunday rows from the first to the last visit, weekends only where something stands on them."""
    marks = {
        site.local(slot.starts_at).date(): (mark, "is-talk")
        for slot, mark in ((proposal.preparation, "P"), (proposal.midpoint, "M"), (proposal.integration, "I"))
    }
    marks |= {
        site.local(slot.starts_at).date(): (str(number), "is-inf")
        for number, slot in enumerate(proposal.infusions, start=1)
    }
    width = 7 if any(day.weekday() > 4 for day in marks) else 5
    monday = min(marks) - timedelta(days=min(marks).weekday())
    while monday <= max(marks):
        week = []
        for offset in range(width):
            day = monday + timedelta(days=offset)
            mark, css = marks.get(day, ("", "is-closed" if day in closed else ""))
            week.append(Cell(day, mark, css))
        yield week
        monday += timedelta(days=7)


@require_http_methods(["GET", "POST"])
def booster(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Book the next booster of a series that was reviewed, on the day the plan says or another."""
    user = acting_user(request)
    series = Series.objects.select_related("patient__site", "site").filter(pk=pk, site_id__in=user.site_ids).first()
    if series is None:
        raise Http404
    patient = patient_or_404(request, series.patient_id, what="booster")
    due = boosters.next_due(series)
    form = BoosterForm(request.POST or None, initial={"day": due, "at": "09:00"})
    if request.method == "POST" and form.is_valid():
        try:
            made: Infusion = book_booster(series=series, starts_at=form.moment(series.site), by=user)
        except DomainError as error:
            form.refuse(error if isinstance(error, Invalid) else Invalid(error.sentence))
        else:
            local = series.site.local(made.appointment.starts_at)
            messages.success(request, f"Booster booked for {local:%A} {local.day} {local:%B} at {local:%H:%M}.")
            if said := runways.warning(made.appointment):
                messages.warning(request, said)
            return redirect("journey:chart", pk=patient.pk)
    status = 422 if request.method == "POST" else 200
    asked = [series.site.moment(due or series.site.today(), NOON)]
    context = {"patient": patient, "series": series, "form": form, "due": due}
    context["runway"] = runways.before_booking(patient, Appointment.Kind.BOOSTER, asked)[0]
    return render(request, "journey/booster.html", context, status=status)
