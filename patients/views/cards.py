"""Photos of an insurance card: shown to who may see coverage, and never kept by a cache."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from clinic.access import acting_user
from clinic.errors import Invalid
from patients import cards, pictures
from patients.access import patient_or_404
from patients.models import InsuranceCard


@require_GET
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The picture itself, present or earlier; the read is written each time."""
    card = InsuranceCard.objects.filter(pk=pk, patient__site__in=acting_user(request).site_ids).first()
    if card is None:
        raise Http404
    patient_or_404(request, card.patient_id, what="insurance card")
    headers = {"Cache-Control": "no-store, private", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(bytes(card.jpeg), content_type="image/jpeg", headers=headers)


@require_POST
def new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep what was taken or chosen: one side, or both at once."""
    patient = patient_or_404(request, pk, what="insurance card")
    given = sent(request)
    if not given:
        messages.error(request, "Choose a photo of the card first.")
    for side, upload in given.items():
        try:
            cards.keep(patient_id=patient.pk, side=side, upload=upload, by=acting_user(request))
            messages.success(request, f"{cards.Side(side).label} of the card: the photo is kept.")
        except Invalid as refused:
            messages.error(request, f"{cards.Side(side).label} of the card: {refused.sentence}")
    return redirect("insurance:patient", patient.pk)


@require_POST
def take_away(request: HttpRequest, pk: UUID) -> HttpResponse:
    card = cards.take_away(card_id=pk, by=acting_user(request))
    messages.success(request, "The photo is no longer shown as the card. It stays on file as an earlier one.")
    return redirect("insurance:patient", card.patient_id)


def sent(request: HttpRequest) -> dict[str, bytes]:
    """The photos of a form by side: no more of each than a byte over what is taken."""
    chosen = {side: request.FILES.get(f"card_{side}") for side in cards.Side.values}
    return {side: upload.read(pictures.MOST_BYTES + 1) for side, upload in chosen.items() if upload}
