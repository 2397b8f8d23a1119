"""The clinic's outcomes: a page, the version to share, the file, and a large one counted by a worker."""

from __future__ import annotations

import re
from datetime import date, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from clinic.access import acting_user, current_site, sites_of
from clinic.documents.answer import attachment
from clinic.forms import CalmForm, PickMany
from clinic.models import Site, User
from clinic.policy import Action, can
from journey import tasks
from journey.models import OutcomeRun
from journey.reports import curve, export, report, runs
from journey.reports.criteria import Criteria
from visits.forms import near

USUAL = timedelta(days=365)
LONGEST = timedelta(days=3660)
CODE = re.compile(r"^[A-Z][0-9][0-9A-Z]?(\.?[0-9A-Z]{1,4})?$")


class CriteriaForm(CalmForm, forms.Form):
    """Which days, which sites, which diagnosis."""

    required_sentences = {"site": "Choose at least one site."}

    first = forms.DateField(label="Begun from", validators=[near])
    last = forms.DateField(label="To", validators=[near])
    diagnosis = forms.CharField(
        label="ICD-10 code begins with",
        required=False,
        max_length=8,
        widget=forms.TextInput(attrs={"placeholder": "F33; empty for all"}),
    )
    site = forms.MultipleChoiceField(label="Sites", widget=PickMany)

    def __init__(self, *args: object, sites: list[Site], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.sites = sites
        self.fields["site"].choices = [(site.code, site.name) for site in sites]  # type: ignore[attr-defined]

    def clean_diagnosis(self) -> str:
        code = str(self.cleaned_data["diagnosis"]).strip().upper()
        if code and not CODE.match(code):
            raise forms.ValidationError("A code begins with a letter and a number, like F33 or F43.1.")
        return code.replace(".", "")

    def clean(self) -> dict[str, object]:
        typed = super().clean() or {}
        first, last = typed.get("first"), typed.get("last")
        if first and last and last < first:
            self.add_error("last", "The last day is before the first. Check both.")
        elif first and last and last - first > LONGEST:
            self.add_error("last", "Choose at most ten years.")
        return typed

    @property
    def criteria(self) -> Criteria:
        typed = self.cleaned_data
        sites = tuple(site for site in self.sites if site.code in typed["site"])
        return Criteria(sites, typed["first"], typed["last"], typed["diagnosis"])


@require_GET
def outcomes(request: HttpRequest) -> HttpResponse:
    """Response, remission, the way through the clinic and how long it lasts, of the sites whose reports one may see."""
    form = _form(request)
    context: dict[str, object] = {"form": form, "query": request.GET.urlencode()}
    if not form.is_valid():
        return render(request, "journey/outcomes.html", context, status=422)
    criteria = form.criteria
    shared = "shared" in request.GET or not _may_see_all(acting_user(request), criteria)
    context |= {"criteria": criteria, "may_see_all": _may_see_all(acting_user(request), criteria), "shared": shared}
    context |= {"address": _address(form, shared=False), "shared_address": _address(form, shared=True)}
    counted, run = _counted(criteria)
    context["run"] = run
    if counted is not None:
        made = report.make(criteria, *counted, shared=shared)
        context |= {"report": made, "curve": curve.draw(made.steps)}
    return render(request, "journey/outcomes.html", context)


@require_GET
def outcomes_csv(request: HttpRequest) -> HttpResponse:
    """The shared version as a file; it names no patient."""
    form = _form(request)
    if not form.is_valid():
        return render(request, "journey/outcomes.html", {"form": form}, status=422)
    criteria = form.criteria
    counted, _ = _counted(criteria)
    if counted is None:
        return redirect(_address(form, shared=True))
    made = report.make(criteria, *counted, shared=True)
    name = f"outcomes-{criteria.first:%Y-%m-%d}-{criteria.last:%Y-%m-%d}.csv"
    return attachment(export.as_csv(made), name, "text/csv; charset=utf-8")


@require_POST
def count(request: HttpRequest) -> HttpResponse:
    """Let a worker count a large report."""
    form = _form(request)
    if not form.is_valid():
        return render(request, "journey/outcomes.html", {"form": form}, status=422)
    runs.ask(criteria=form.criteria, by=acting_user(request), on_commit=tasks.hand_over)
    return redirect(_address(form, shared="shared" in request.GET))


@require_GET
def progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """How far a worker is; asks for the page anew once it is done."""
    mine = {str(site.pk) for site in _sites(acting_user(request))}
    run = OutcomeRun.objects.filter(pk=pk).first()
    if run is None or not set(run.criteria["sites"]) <= mine:
        raise Http404
    answer = render(request, "journey/_outcomes_progress.html", {"run": run})
    if not run.is_under_way:
        answer["HX-Refresh"] = "true"
    return answer


def _counted(criteria: Criteria) -> tuple[runs.Counted | None, OutcomeRun | None]:
    """The numbers, counted now or by a worker before; None while somebody has to ask or to wait."""
    if not runs.is_large(criteria):
        return runs.at_once(criteria), None
    run = runs.latest(criteria)
    done = run is not None and not run.is_under_way
    return (runs.result(run) if run is not None and done else None), run


def _form(request: HttpRequest) -> CriteriaForm:
    sites, today = _sites(acting_user(request)), current_site(request).today()
    asked = request.GET
    usual = {"first": (today - USUAL).isoformat(), "last": today.isoformat()}
    typed: dict[str, object] = {name: asked.get(name) or value for name, value in usual.items()}
    typed["diagnosis"] = asked.get("diagnosis", "")
    typed["site"] = asked.getlist("site") or [site.code for site in sites]
    return CriteriaForm(typed, sites=sites)


def _sites(user: User) -> list[Site]:
    return [site for site in sites_of(user) if can(user, Action.SEE_REPORTS, site)]


def _may_see_all(user: User, criteria: Criteria) -> bool:
    """Small numbers are for those who may read the charts of these sites; everybody else gets what may be shared."""
    return all(can(user, Action.SEE_CHART, site) for site in criteria.sites)


def _address(form: CriteriaForm, *, shared: bool) -> str:
    typed = form.cleaned_data
    first: date = typed["first"]
    query: list[tuple[str, str]] = [("first", first.isoformat()), ("last", typed["last"].isoformat())]
    query += [("diagnosis", typed["diagnosis"])] if typed["diagnosis"] else []
    query += [("site", code) for code in typed["site"]]
    query += [("shared", "1")] if shared else []
    return f"{reverse('journey:outcomes')}?{urlencode(query)}"
