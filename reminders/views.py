"""What a patient was told."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from patients.access import patient_or_404


@require_GET
def patient_messages(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who was told what, when, did it go out, what goes out next."""
    patient = patient_or_404(request, pk, what="messages")
    rows = patient.messages.select_related("site").order_by("-due_at", "id")
    page = Paginator(rows, 25).get_page(request.GET.get("page"))
    return render(request, "reminders/messages.html", {"patient": patient, "page_obj": page})
