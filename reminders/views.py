"""The task list, and what a patient was told."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import acting_user, current_site
from clinic.errors import Invalid
from patients.access import patient_or_404
from reminders import followups, kinds
from reminders.models import FollowUp
from reminders.task_forms import OutcomeForm


@require_GET
def tasks(request: HttpRequest) -> HttpResponse:
    """Open tasks, the most pressing first; or those that were ended."""
    user, site = acting_user(request), current_site(request)
    ended = request.GET.get("show") == "ended"
    mine = followups.ended_for_user(user, site) if ended else followups.for_user(user, site)
    page = Paginator(mine.order_by("-ended_at" if ended else "due_at", "id"), 25).get_page(request.GET.get("page"))
    return render(request, "reminders/tasks.html", {"page_obj": page, "ended": ended})


@require_http_methods(["GET", "POST"])
def task(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One task: what is to be done, and what came of it."""
    user = acting_user(request)
    found = (
        FollowUp.objects.select_related("site", "patient", "owner", "ended_by")
        .filter(pk=pk, site_id__in=user.site_ids)
        .first()
    )
    if found is None:
        raise Http404
    own, known = followups.is_own(found, user), kinds.of(found.kind)
    form = OutcomeForm(request.POST or None, choices=known.choices(tuple(found.outcomes)))
    if request.method == "POST" and form.is_valid():
        try:
            followups.done(task_id=pk, by=user, **form.cleaned_data)
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, f"Done: {found.title}.")
            return redirect("reminders:tasks")
    status = 422 if request.method == "POST" else 200
    return render(request, "reminders/task.html", {"task": found, "form": form, "own": own}, status=status)


@require_POST
def take(request: HttpRequest, pk: UUID) -> HttpResponse:
    followups.take(task_id=pk, by=acting_user(request))
    return redirect("reminders:task", pk=pk)


@require_GET
def patient_messages(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who was told what, when, did it go out, what goes out next."""
    patient = patient_or_404(request, pk, what="messages")
    rows = patient.messages.select_related("site").order_by("-due_at", "id")
    page = Paginator(rows, 25).get_page(request.GET.get("page"))
    return render(request, "reminders/messages.html", {"patient": patient, "page_obj": page})
