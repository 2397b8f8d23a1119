"""The safety plan: one page to make it with the patient, to read it, and to print the patient's copy."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from clinic.access import acting_user
from clinic.documents.answer import attachment
from clinic.errors import Invalid, Refused
from clinic.policy import Action, can
from patients import alerts, safety_plans
from patients.access import patient_or_404
from patients.forms.safety import SafetyPlanForm
from patients.models import SafetyPlan


@require_POST
def begin(request: HttpRequest, pk: UUID) -> HttpResponse:
    plan = safety_plans.begin(patient_id=pk, by=acting_user(request))
    return redirect("patients:safety-plan", plan.pk)


@require_GET
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    plan = _plan_or_404(request, pk)
    return _page(request, plan, SafetyPlanForm(initial=_kept(plan)))


@require_POST
def save(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep the draft; with `sign`, sign it too."""
    plan, by = _plan_or_404(request, pk), acting_user(request)
    form = SafetyPlanForm(request.POST, is_draft="sign" not in request.POST)
    if not form.is_valid():
        return _page(request, plan, form, status=422)
    typed = form.cleaned_data
    try:
        kept = safety_plans.save(
            plan_id=pk,
            saved=typed["saved"],
            steps={step: typed[step] for step in SafetyPlan.STEPS},
            made_how=typed["made_how"],
            language=typed["language"],
            by=by,
        )
        again = request.POST.copy()
        again["saved"] = str(kept.saved)
        form.data = again
        if "sign" in request.POST:
            safety_plans.sign(plan_id=pk, by=by)
    except Invalid as error:
        form.refuse(error)
        return _page(request, plan, form, status=422)
    except Refused as error:
        return _page(request, plan, form, refusal=error, status=error.status)
    messages.success(request, "Signed. Print it and hand it over." if "sign" in request.POST else "Saved.")
    return redirect("patients:safety-plan", pk)


@require_GET
def pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The patient's copy, in the plan's language or, with ?lang=, the other."""
    plan = _plan_or_404(request, pk)
    wanted = request.GET.get("lang", "")
    language = wanted if wanted in safety_plans.WORDS else plan.language
    made = safety_plans.print_for_patient(plan, language)
    return attachment(made, f"safety-plan-{plan.number}-{language}.pdf", "application/pdf")


def _plan_or_404(request: HttpRequest, pk: UUID) -> SafetyPlan:
    found = (
        SafetyPlan.objects.select_related("patient__site", "signed_by", "begun_by")
        .filter(pk=pk, patient__site__in=acting_user(request).site_ids)
        .first()
    )
    if found is None:
        raise Http404
    patient_or_404(request, found.patient_id, what="safety plan")
    return found


def _kept(plan: SafetyPlan) -> dict[str, object]:
    return {name: getattr(plan, name) for name in (*SafetyPlan.STEPS, "made_how", "language", "saved")}


def _page(
    request: HttpRequest,
    plan: SafetyPlan,
    form: SafetyPlanForm,
    *,
    refusal: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    heads = safety_plans.WORDS["en"].steps
    context = {
        "plan": plan,
        "patient": plan.patient,
        "site": plan.patient.site,
        "form": form,
        "steps": [(heads[step], getattr(plan, step)) for step in SafetyPlan.STEPS],
        "others": SafetyPlan.objects.filter(patient=plan.patient).exclude(pk=plan.pk).select_related("signed_by")[:20],
        "alert": alerts.gravest(plan.patient),
        "may_make": can(request.user, Action.MAKE_SAFETY_PLAN, plan.patient.site),
        "newest": not SafetyPlan.objects.filter(patient=plan.patient, number__gt=plan.number).exists(),
        "refusal": refusal,
    }
    return render(request, "patients/safety_plan.html", context, status=status)
