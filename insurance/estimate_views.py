"""“What will it cost me?”, answered on one page; the estimates that are made of it, and given."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import acting_user, current_site
from clinic.documents.answer import attachment
from clinic.errors import Invalid, NotFound, Refused
from clinic.policy import Action, can
from insurance import estimate_lists, estimate_paper, estimate_rows, estimates
from insurance import estimate_words as words
from insurance.estimate_forms import CourseForm, GiveForm
from insurance.estimate_ground import Ground
from insurance.estimate_items import NOTHING, Visits, booster_days
from insurance.models import Estimate
from insurance.rules import ONE_DAY
from patients.access import allow_here, patient_or_404
from patients.models import Patient, PatientLink
from patients.views.linked import by_link

READ = "cost estimate"
EARLIER = 10
SOON = 9 * ONE_DAY
TUESDAY = 1


def _typed(patient: Patient, given: QueryDict, course: estimates.Course | None) -> QueryDict:
    """What was asked for; where nothing was, what is booked, or a series that begins in a week."""
    days = course.visits.infusions if course else ()
    typed = QueryDict(mutable=True)
    typed.update(
        {
            "count": str(course.counted if course else 6),
            "boosters": "0",
            "evaluation": "no" if course else "yes",
            "first": (days[0] if days else _tuesday(patient.site.today() + SOON)).isoformat(),
        }
    )
    for name in CourseForm.base_fields:
        if wanted := given.get(name):
            typed[name] = str(wanted)
    return typed


def _course(patient: Patient) -> estimates.Course | None:
    """The booked series, or what was given of a stopped one."""
    found = estimates.course_of(patient)
    return found if found and found.visits.infusions else None


def _tuesday(day: date) -> date:
    """From a Tuesday on, two infusions a week fall on Tuesdays and Fridays."""
    return day + (TUESDAY - day.weekday()) % 7 * ONE_DAY


def _visits(form: CourseForm, today: date, course: estimates.Course | None) -> Visits | None:
    """The booked days, where what is asked for is what is booked; else as it usually falls."""
    if not form.is_valid():
        return None
    said = form.cleaned_data
    booked = course.visits if course else None
    if booked and booked.infusions and (len(booked.infusions), booked.infusions[0]) == (said["count"], said["first"]):
        boosters = booster_days(booked.infusions[-1], said["boosters"])
        seen = (booked.evaluation or max(today, booked.days[0])) if said["evaluation"] == "yes" else None
        return Visits(seen, booked.infusions, booked.sessions, boosters)
    return form.visits(today)


@require_GET
def costs(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What a course costs this patient, alone and with the plan, each visit with the reason."""
    patient = patient_or_404(request, pk, what=READ)
    return _costs(request, patient, request.GET)


def _costs(request: HttpRequest, patient: Patient, given: QueryDict, refusal: str = "") -> HttpResponse:
    course = _course(patient)
    form = CourseForm(_typed(patient, given, course), counted=course.counted if course else None)
    visits = _visits(form, patient.site.today(), course)
    ground = Ground.of(patient)
    answer = ground.count(visits) if visits and ground.has_prices else None
    context: dict[str, Any] = {
        "patient": patient,
        "form": form,
        "answer": answer,
        "has_prices": ground.has_prices,
        "payers": ", ".join(ground.payers),
        "is_booked": bool(course and visits and visits.infusions == course.visits.infusions),
        "held": list(Estimate.objects.filter(patient=patient).select_related("made_by", "site")[:EARLIER]),
        "may_give": can(acting_user(request), Action.VERIFY_BENEFITS, patient.site),
        "may_keep_fees": can(acting_user(request), Action.KEEP_FEES, patient.site),
        "refusal": refusal,
    }
    if answer and visits:
        plan = answer.plan
        context |= {
            "rows": estimate_rows.rows(answer),
            "own": words.money(answer.self_pay.total),
            "with_plan": words.share(plan.share_from, plan.share_to) if plan else "",
            "notes": [words.sentence(*why) for why in plan.notes] if plan else [],
            "is_alone": ground.is_alone(visits),
            "packages": [(one, words.money(one.price or NOTHING)) for one in ground.packages],
            "bought": answer.package,
        }
    template = "insurance/_costs.html" if request.headers.get("HX-Request") else "insurance/costs.html"
    return render(request, template, context, status=409 if refusal else 200)


@require_POST
def make(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write the estimate down as it was counted on the page."""
    patient = patient_or_404(request, pk, what=READ)
    course = _course(patient)
    form = CourseForm(_typed(patient, request.POST, course), counted=course.counted if course else None)
    visits = _visits(form, patient.site.today(), course)
    if visits is None:
        return _costs(request, patient, request.POST, "Complete the form, then make the estimate.")
    booked = course and visits.infusions == course.visits.infusions
    try:
        made = estimates.make(
            patient_id=pk,
            visits=visits,
            series_id=course.series_id if course and booked else None,
            not_billed="not_billed" in request.POST,
            by=acting_user(request),
        )
    except (Invalid, Refused) as error:
        return _costs(request, patient, request.POST, error.sentence)
    messages.success(request, "The estimate is written down. It still has to be given.")
    return redirect("insurance:estimate", made.pk)


def _estimate_or_404(request: HttpRequest, pk: UUID) -> Estimate:
    rows = Estimate.objects.filter(pk=pk, patient__site__in=acting_user(request).site_ids)
    found = rows.select_related("patient__site", "site", "made_by", "given_by", "supersedes").first()
    if found is None:
        raise Http404
    patient_or_404(request, found.patient_id, what=READ)
    return found


@require_http_methods(["GET", "POST"])
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One estimate as it was written. A POST gives it to the patient."""
    estimate = _estimate_or_404(request, pk)
    form = GiveForm(request.POST or None, initial={"language": _language(estimate.patient)})
    if request.method == "POST" and form.is_valid() and _given(request, estimate, form):
        return redirect("insurance:estimate", pk)
    newer = Estimate.objects.filter(supersedes=estimate).first()
    basis = estimate.basis
    context = {
        "estimate": estimate,
        "patient": estimate.patient,
        "form": form,
        "lines": [estimate_paper.shown(line) for line in estimate.lines],
        "summary": estimate_paper.summary(estimate),
        "total": words.money(estimate.total),
        "share": words.share(estimate.share_from, estimate.share_to),
        "package": basis["package"],
        "notes": [words.sentence(name, values) for name, values in basis["notes"]],
        "lacking": _lacking(basis["practice"]),
        "newer": newer,
        "may_give": can(acting_user(request), Action.VERIFY_BENEFITS, estimate.site),
        "is_late": estimate.due_on and not estimate.given_at and estimate.due_on < estimate.site.today(),
    }
    return render(request, "insurance/estimate.html", context, status=422 if request.method == "POST" else 200)


def _lacking(practice: dict[str, Any]) -> str:
    """What the paper must say and the site has not on file."""
    lacking = [name for key, name in (("npi", "NPI"), ("tax_id", "tax number")) if not practice[key]]
    return " and ".join(lacking)


def _language(patient: Patient) -> str:
    return patient.language if patient.language in estimate_paper.LANGUAGES else "en"


def _given(request: HttpRequest, estimate: Estimate, form: GiveForm) -> bool:
    try:
        given = estimates.give(estimate_id=estimate.pk, by=acting_user(request), **form.cleaned_data)
    except Invalid as error:
        form.refuse(error)
        return False
    except Refused as error:
        form.add_error(None, error.sentence)
        return False
    messages.success(request, f"Given: {given.get_given_how_display().lower()}.")
    return True


@require_GET
def paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The estimate as PDF: as it was given, or as it would be."""
    estimate = _estimate_or_404(request, pk)
    wanted = request.GET.get("language", "")
    language = wanted if wanted in estimate_paper.LANGUAGES else estimate.language or _language(estimate.patient)
    return attachment(_pdf(estimate, language), "estimate.pdf", "application/pdf")


def _pdf(estimate: Estimate, language: str) -> bytes:
    if estimate.pdf and language == estimate.language:
        return bytes(estimate.pdf)
    return estimate_paper.make(estimate, language)


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The estimates of the site: those to give, the earliest due first; or all."""
    site = current_site(request)
    allow_here(request, site)
    show_all = request.GET.get("show") == "all"
    found = estimate_lists.every(site) if show_all else estimate_lists.to_give(site)
    page = Paginator(found, 25).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "rows": estimate_lists.dressed(page.object_list, site),
        "show_all": show_all,
        "waiting": estimate_lists.waiting(site),
        "today": site.today(),
        "may_keep_fees": can(acting_user(request), Action.KEEP_FEES, site),
    }
    return render(request, "insurance/estimates.html", context)


# By the patient's own link


@by_link(estimates.PURPOSE)
def own(request: HttpRequest, link: PatientLink) -> HttpResponse:
    """The estimate that this link was made for, in the patient's language."""
    estimate = _of_link(link)
    context = {
        "link": link,
        "site": link.patient.site,
        "estimate": estimate,
        "title": estimate_paper.title(estimate),
        "lines": [estimate_paper.shown(line) for line in estimate.lines],
        "summary": estimate_paper.summary(estimate),
        "total": words.money(estimate.total),
        "share": words.share(estimate.share_from, estimate.share_to),
        "notes": [words.sentence(name, values) for name, values in estimate.basis["notes"]],
        "rights": list(estimate_paper.rights(estimate)),
        "is_plan": estimate.kind == Estimate.Kind.PLAN,
        "is_old": Estimate.objects.filter(supersedes=estimate, given_at__isnull=False).exists(),
    }
    return render(request, "insurance/own_estimate.html", context)


@by_link(estimates.PURPOSE)
def own_paper(request: HttpRequest, link: PatientLink) -> HttpResponse:
    language = translation.get_language() or "en"
    wanted = language if language in estimate_paper.LANGUAGES else "en"
    return attachment(_pdf(_of_link(link), wanted), "estimate.pdf", "application/pdf")


def _of_link(link: PatientLink) -> Estimate:
    rows = Estimate.objects.filter(patient=link.patient_id, given_at__isnull=False).select_related(
        "patient__site", "site"
    )
    found = rows.filter(pk=link.subject_id).first() if link.subject_id else None
    if found is None:
        raise NotFound
    return found
