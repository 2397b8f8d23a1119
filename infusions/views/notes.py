"""The note of an infusion: read, add, sign, print."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from clinic.access import acting_user, log_read
from clinic.documents.answer import attachment
from clinic.errors import DomainError, Invalid, Refused
from clinic.policy import Action, can
from infusions import notes, record
from infusions.documents import note_pdf
from infusions.models import Infusion, InfusionNote
from infusions.views.answering import infusion_or_404


@require_GET
def show(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The note as it stands; opening it is written to the read log."""
    return _page(request, infusion_or_404(request, pk))


@require_POST
def write(request: HttpRequest, pk: UUID) -> HttpResponse:
    verb = partial(notes.write, version=_version(request))
    return _written(request, pk, verb, "The note is saved. It is not signed yet.")


@require_POST
def sign(request: HttpRequest, pk: UUID) -> HttpResponse:
    verb = partial(notes.sign, version=_version(request))
    return _written(request, pk, verb, "The note is signed. What comes later is an addendum.")


@require_POST
def addendum(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _written(request, pk, notes.add, "The addendum is written.")


def _written(request: HttpRequest, pk: UUID, verb: Callable[..., object], told: str) -> HttpResponse:
    """Do it with the words that were sent; what is refused comes back on the page, with the words."""
    infusion = infusion_or_404(request, pk)
    try:
        verb(infusion_id=pk, text=request.POST.get("text", ""), by=acting_user(request))
    except (Invalid, Refused) as error:
        return _page(request, infusion, error=error)
    messages.success(request, told)
    return redirect("infusions:note", pk)


@require_GET
def pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The note with flowsheet and chart; its name tells nothing about the patient."""
    infusion = infusion_or_404(request, pk)
    log_read(request, patient_id=infusion.series.patient_id, what="infusion note, PDF")
    account, note, sections, late = _told(infusion)
    content = note_pdf.make(account, note, sections, late)
    day = account.sheet.site.local(infusion.appointment.starts_at)
    return attachment(content, f"infusion-record-{day:%Y-%m-%d}.pdf", "application/pdf")


def _told(infusion: Infusion) -> tuple[record.Account, InfusionNote | None, list[record.Section], list[record.LateRow]]:
    account, note = record.Account(infusion), notes.of(infusion)
    if note is None or note.signed_at is None:
        return account, note, account.sections(), []
    return account, note, record.from_json(note.figures or []), account.late_rows(note.signed_at)


def _page(request: HttpRequest, infusion: Infusion, *, error: DomainError | None = None) -> HttpResponse:
    log_read(request, patient_id=infusion.series.patient_id, what="infusion note")
    account, note, sections, late = _told(infusion)
    site = infusion.appointment.site
    context = {
        "infusion": infusion,
        "patient": infusion.series.patient,
        "site": site,
        "account": account,
        "note": note,
        "sections": sections,
        "late_rows": late,
        "may_write": can(acting_user(request), Action.WRITE_NOTE, site),
        "is_over": infusion.state in notes.OVER,
        "typed": request.POST.get("text", "") if error else None,
        "error": error,
    }
    return render(request, "infusions/note.html", context, status=error.status if error else 200)


def _version(request: HttpRequest) -> int | None:
    sent = request.POST.get("version")
    if not sent:
        return None if sent is None else 0  # the page showed no note yet: one that is there now is a colleague's
    return int(sent) if sent.isdecimal() and len(sent) < 9 else None
