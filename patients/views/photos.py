"""The photo of a patient: shown to staff of the site alone, and never kept by a cache."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_POST

from clinic.access import acting_user
from clinic.errors import Invalid
from patients import photos, pictures
from patients.access import allow_here, scoped
from patients.models import PatientPhoto


@require_GET
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The picture itself. Pages that show it have written their own line in the read log."""
    photo = (
        PatientPhoto.objects.select_related("patient__site")
        .filter(patient__in=scoped(acting_user(request)), patient=pk, removed_at=None)
        .first()
    )
    if photo is None:
        raise Http404
    allow_here(request, photo.patient.site)
    return HttpResponse(
        bytes(photo.jpeg),
        content_type="image/jpeg",
        headers={"Cache-Control": "no-store, private", "X-Content-Type-Options": "nosniff"},
    )


@require_POST
def new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep what was taken or chosen; without a file, take the photo away."""
    patient = get_object_or_404(scoped(acting_user(request)), pk=pk)
    upload = request.FILES.get("photo")
    try:
        if upload is None and "remove" in request.POST:
            photos.remove(patient_id=pk, by=acting_user(request))
            messages.success(request, "The photo was taken away.")
        elif upload is None:
            messages.error(request, "Choose a picture first.")
        else:
            photos.keep(patient_id=pk, upload=_read(upload), by=acting_user(request))
            messages.success(request, "The photo is kept.")
    except Invalid as refused:
        messages.error(request, refused.sentence)
    return redirect("patients:edit", patient.pk)


def _read(upload: object) -> bytes:
    """No more of the file than a byte over what is taken."""
    return bytes(upload.read(pictures.MOST_BYTES + 1))  # type: ignore[attr-defined]
