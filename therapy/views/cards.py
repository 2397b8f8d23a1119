"""Sharing the intention card."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from clinic.access import acting_user
from clinic.errors import Invalid
from therapy import cards as workflow
from therapy.forms import IntentionForm
from therapy.views.sessions import page, session_or_404


@require_POST
def intentions(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = session_or_404(request, pk)
    form = IntentionForm(request.POST, coming=workflow.coming(found.series))
    if form.is_valid():
        try:
            card = workflow.share_intentions(session_id=found.pk, by=acting_user(request), **form.cleaned_data)
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, f"Shared: the nurse sees it at the chair from infusion {card.from_number} on.")
            return redirect("therapy:session", pk=found.pk)
    return page(request, found, intention_form=form, status=422)
