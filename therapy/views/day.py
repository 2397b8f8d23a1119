"""The therapist's day: today with each patient's story, what has to be booked, signed and answered, what comes."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from clinic.access import acting_user, current_site, log_reads
from clinic.counting import beginning
from therapy import day
from therapy.models import TherapySession

AT_ONCE = 20  # sessions to be booked that stand on the page


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """My day, in a constant number of queries; what it tells of a patient counts as a read of the chart. What is to be
    booked beyond `since` comes when it is asked for.
    """
    user, site = acting_user(request), current_site(request)
    found, since = day.read(user, site), beginning(request.GET.get("since", ""))
    if since and request.headers.get("HX-Request"):
        return render(
            request, "therapy/day/lacking_rows.html", {"rows": found.lacking[since:], "site": site, "more": True}
        )
    log_reads(request, patient_ids=[talk.session.patient_id for talk in found.today], what="my day")
    coming = day.sessions(user, site).filter(
        state=TherapySession.State.PLANNED, appointment__starts_at__gte=site.day_bounds(site.today())[1]
    )
    first = len(found.lacking) if since else AT_ONCE
    context = {
        "day": found,
        "rows": found.lacking[:first],
        "rest": first if first < len(found.lacking) else None,
        "site": site,
        "holds_groups": found.settings.group_sessions,
        "page_obj": Paginator(coming, 25).get_page(request.GET.get("page")),
    }
    return render(request, "therapy/mine.html", context)
