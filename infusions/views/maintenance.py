"""Maintenance: who is drifting, and how long since the last."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clinic.access import acting_user, current_site, log_reads
from clinic.policy import Action, can
from infusions import drifting
from infusions.drifting import Wanted
from patients.access import allow_here

A_PAGE = 25
LABELS = {
    Wanted.ALL: "All",
    Wanted.OVERDUE: "Overdue",
    Wanted.WATCH: "Watch",
    Wanted.CONFIRMED: "Relapse confirmed",
    Wanted.UNBOOKED: "No booster booked",
}
CLINICAL = frozenset({Wanted.WATCH, Wanted.CONFIRMED})


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Everybody with a plan of boosters, those longest due first; front desk sees no scores and no states."""
    site, user = current_site(request), acting_user(request)
    allow_here(request, site)
    clinical = can(user, Action.SEE_CHART, site)
    chosen = request.GET.get("show", "")
    offered = [one for one in Wanted if clinical or one not in CLINICAL]
    wanted = Wanted(chosen) if chosen in offered else Wanted.ALL
    found, today = drifting.plans(site), site.today()
    n = drifting.counts(found, today)
    page = Paginator(drifting.narrowed(found, wanted, today).select_related("series__patient"), A_PAGE).get_page(
        request.GET.get("page")
    )
    log_reads(request, patient_ids=[one.series.patient_id for one in page], what="maintenance list")
    context = {
        "page_obj": page,
        "rows": drifting.rows(list(page), site, clinical=clinical),
        "clinical": clinical,
        "site": site,
        "n": n,
        "filters": [
            {"value": one.value, "label": LABELS[one], "n": n[one.value or "all"], "on": one is wanted}
            for one in offered
        ],
    }
    return render(request, "infusions/maintenance.html", context)
