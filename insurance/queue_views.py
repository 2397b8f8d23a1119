"""The queue and the panel beside it: look, take, give, and write down a call without leaving the list."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import acting_user, current_site
from clinic.composed import Composed
from clinic.counting import Pages
from clinic.errors import IllegalTransition, Invalid, Refused
from clinic.gathering import Given
from clinic.models import Site, User
from insurance import assigning, forms, panel, queue, queue_rows, verification
from insurance.asking import Page, ask
from insurance.models import Verification
from insurance.queue import Queue
from patients.access import allow_here, patient_or_404

EVERY_SITE = "all"
PAGE = 25
_COLLEAGUES = Composed(forms.verifiers(Given("site")).only("full_name"))


@require_GET
def queue_page(request: HttpRequest) -> HttpResponse:
    """The checks behind the chosen filter, the soonest visit first; with the panel of one, where it is named."""
    site = current_site(request)
    allow_here(request, site)
    context = listed(request, site) | {"opened": None, "check": None}  # a row would look long for what is not there
    opened = _opened(request)
    if opened:
        context |= _panel_context(request, opened) | {"opened": opened.pk}
    return render(request, "insurance/queue.html", context)


def listed(request: HttpRequest, site: Site) -> dict[str, Any]:
    """The list as its address asks for it. The number of queries does not grow with it."""
    user, asked = acting_user(request), request.GET
    open_sites = queue.open_to(user)
    sites = open_sites if asked.get("at") == EVERY_SITE else [site]
    choices = queue.filters(site.zone)
    on_self_pay = asked.get("show") == queue.SELF_PAY
    chosen = choices.get(asked.get("show", "")) or choices["open"]
    payers = queue.payers()
    payer, leg = _named(asked.get("payer"), payers), _named(asked.get("leg"), Verification.Leg.choices)
    rows = Queue(user, site, sites, payer, leg)
    counts = rows.counts()
    here = _here(asked)
    context: dict[str, Any] = {
        "site": site,
        "today": site.today(),
        "waiting": min(counts["open"], queue.MOST),
        "more": counts["open"] > queue.MOST,
        "filters": [
            *(_pick(one.value, one.label, counts, one is chosen and not on_self_pay) for one in choices.values()),
            _pick(queue.SELF_PAY, "Self-pay", counts, on_self_pay),
        ],
        "payers": payers, "payer": payer, "legs": Verification.Leg.choices, "leg": leg,
        "may_widen": len(open_sites) > 1, "everywhere": len(sites) > 1,
        "here": here,
    }  # fmt: skip
    if on_self_pay:
        found = Pages(queue.self_payers(sites), PAGE, total=counts[queue.SELF_PAY])
        return context | {"self_payers": found.get_page(asked.get("page"))}
    total = min(counts[chosen.value], queue.MOST)
    page = Pages(rows.checks(chosen), PAGE, total=total).get_page(asked.get("page"))
    return context | {
        "page_obj": page,
        "rows": list(queue_rows.written(page, user=user, sites=sites)),
        "opening": f"{here}{'&' if '?' in here else '?'}check=",
        "kept": here.partition("?")[2],
        "colleagues": _COLLEAGUES.read(site=site.pk),
    }


def _pick(value: str, label: str, counts: dict[str, int], on: bool) -> dict[str, Any]:
    """One choice above the list, with how many stand behind it."""
    number = counts[value]
    shown = f"{queue.MOST:,}+" if number > queue.MOST else f"{number:,}"
    return {"value": value, "label": label, "n": shown, "on": on}


def _named(value: str | None, choices: Any) -> str:
    return value if value and any(value == key for key, _ in choices) else ""


def _here(asked: QueryDict) -> str:
    """The address of this very list, without a panel."""
    kept = asked.copy()
    kept.pop("check", None)
    return f"{reverse('insurance:queue')}?{kept.urlencode()}" if kept else reverse("insurance:queue")


def _opened(request: HttpRequest) -> Verification | None:
    try:
        return check_or_404(request, UUID(request.GET["check"]))
    except (KeyError, ValueError, Http404):
        return None  # the list is shown all the same


def check_or_404(request: HttpRequest, pk: UUID) -> Verification:
    """The check, once the read of its patient is written; a stranger's is not there."""
    found = Verification.objects.filter(pk=pk, patient__site__in=acting_user(request).site_ids)
    check = found.select_related("patient__site", "coverage__payer", "owner", "checked_by").first()
    if check is None:
        raise Http404
    patient_or_404(request, check.patient_id, what="verification")
    return check


def _panel_context(request: HttpRequest, check: Verification, form: forms.ResultForm | None = None) -> dict[str, Any]:
    user = acting_user(request)
    return panel.read(check, by=user) | {
        "form": form or forms.ResultForm(check=check, prefix=None),
        "form_open": form is not None,
        "hand": forms.HandOverForm(site=check.patient.site, auto_id="give_%s"),
        "here": _here(request.GET),
    }


@require_http_methods(["GET", "POST"])
def check_panel(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The panel of one check; a POST writes down an answer and shows it anew. By its address, the whole queue."""
    check = check_or_404(request, pk)
    form: forms.ResultForm | None = None
    said, status = "", 200
    if request.method == "POST":
        form, status = forms.ResultForm(request.POST, check=check), 422
        if form.is_valid() and record(check, form, acting_user(request)):
            check, form, said, status = check_or_404(request, pk), None, "Written down.", 200
    if not request.headers.get("HX-Request"):
        here = _here(request.GET)
        return redirect(f"{here}{'&' if '?' in here else '?'}check={pk}")
    return _part(request, check, said, status=status, form=form)


def _part(request: HttpRequest, check: Verification, said: str, **more: Any) -> HttpResponse:
    """The panel for htmx. Where something was done, it says so and has the list read anew."""
    status, form = more.get("status", 200), more.get("form")
    answer = render(request, "insurance/_panel.html", _panel_context(request, check, form), status=status)
    if said:
        answer["HX-Trigger"] = json.dumps({"toast": said, "queue-changed": {}})
    return answer


def record(check: Verification, form: forms.ResultForm, by: User) -> bool:
    """Whether the answer is written; if not, the form says why."""
    said = dict(form.cleaned_data)
    plan = said.pop("coverage")
    try:
        verification.record_result(verification_id=check.pk, coverage_id=plan.pk if plan else None, by=by, **said)
    except Invalid as error:
        form.refuse(error)
        return False
    except (Refused, IllegalTransition) as error:
        form.add_error(None, error.sentence)
        return False
    return True


@require_POST
def claim(request: HttpRequest, pk: UUID) -> HttpResponse:
    check = check_or_404(request, pk)
    verification.claim(verification_id=check.pk, by=acting_user(request))
    if request.headers.get("HX-Request"):
        return _part(request, check_or_404(request, pk), f"{check.patient.name} is yours.")
    return redirect("insurance:verification", pk=pk)


@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give one check to a colleague, from the panel or on a page of its own."""
    check = check_or_404(request, pk)
    form = forms.HandOverForm(request.POST or None, site=check.patient.site)

    def act(said: dict[str, Any]) -> str:
        verification.hand_over(verification_id=pk, to=said["to"], by=acting_user(request))
        return f"Given to {said['to']}."

    if request.headers.get("HX-Request") and form.is_valid():
        return _part(request, check_or_404(request, pk), act(form.cleaned_data))
    page = Page(
        check.patient, "Give this check to a colleague", "Give", back=reverse("insurance:verification", args=[pk])
    )
    return ask(request, page, form, act)


@require_POST
def assign(request: HttpRequest) -> HttpResponse:
    """Give the ticked checks to somebody; what was closed or taken meanwhile is named."""
    site, user = current_site(request), acting_user(request)
    allow_here(request, site)
    form = forms.GiveForm(request.POST, site=site)
    back = redirect(_here(request.GET))
    if not form.is_valid():
        messages.error(request, "Choose who takes them.")
        return back
    try:
        done = assigning.assign(seen=_seen(request.POST.getlist("checks")), to=form.cleaned_data["to"], by=user)
    except Invalid as error:
        messages.error(request, " ".join(error.fields.values()))
        return back
    if done.given:
        messages.success(request, f"{done.given} given to {form.cleaned_data['to']}.")
    if done.left:
        messages.warning(request, f"Left as they are: {' '.join(done.left)}")
    if not done.given and not done.left:
        messages.info(request, "They had them already.")
    return back


def _seen(values: list[str]) -> dict[UUID, UUID | None]:
    """The ticked checks, each with its owner as the list showed it; what is no id was never on it."""
    found: dict[UUID, UUID | None] = {}
    for value in values:
        pk, _, owner = value.partition("/")
        try:
            found[UUID(pk)] = UUID(owner) if owner else None
        except ValueError:
            continue
    return found
