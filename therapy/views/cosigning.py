"""The supervisor’s list and signature, and who supervises whom."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import acting_user, current_site
from clinic.errors import Invalid
from therapy import cosigning as workflow
from therapy.models import SessionNote, Supervision
from therapy.note_forms import RemarkForm
from therapy.views.sessions import address, page, session_or_404


@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """Notes that wait for my signature as a supervisor, and mine that were sent back to me."""
    user, site = acting_user(request), current_site(request)
    context = {
        "page_obj": Paginator(workflow.waiting(user, site), 25).get_page(request.GET.get("page")),
        "sent_back": workflow.sent_back(user, site)[:50],
    }
    return render(request, "therapy/cosigning.html", context)


@require_POST
def cosign(request: HttpRequest, pk: UUID) -> HttpResponse:
    note = _note(request, pk)
    workflow.cosign(note_id=note.pk, by=acting_user(request))
    messages.success(request, "Co-signed.")
    return redirect(address(note.session, note.kind))


@require_POST
def send_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    note = _note(request, pk)
    form = RemarkForm(request.POST)
    if form.is_valid():
        try:
            workflow.send_back(note_id=note.pk, remark=form.cleaned_data["remark"], by=acting_user(request))
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, f"Sent back to {note.author.full_name}, who answers by an addendum.")
            return redirect(address(note.session, note.kind))
    return page(request, session_or_404(request, note.session_id), kind=note.kind, remark_form=form, status=422)


@require_http_methods(["GET", "POST"])
def supervision(request: HttpRequest) -> HttpResponse:
    """Which therapist of this site works under whose supervision."""
    user, site = acting_user(request), current_site(request)
    error = None
    if request.method == "POST":
        try:
            workflow.supervise(
                therapist_id=_uuid(request.POST.get("therapist", "")) or UUID(int=0),
                supervisor_id=_uuid(request.POST.get("supervisor", "")),
                site=site,
                by=user,
            )
        except Invalid as refusal:
            error = refusal
        else:
            messages.success(request, "Saved. It counts for notes signed from now on.")
            return redirect("therapy:supervision")
    set_to = dict(
        Supervision.objects.filter(therapist__in=workflow.writers(site)).values_list("therapist", "supervisor")
    )
    context = {
        "therapists": [(person, set_to.get(person.pk)) for person in workflow.writers(site)],
        "supervisors": list(workflow.readers(site)),
        "error": error,
    }
    return render(request, "therapy/supervision.html", context, status=422 if error else 200)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _note(request: HttpRequest, pk: UUID) -> SessionNote:
    note = SessionNote.objects.select_related("author").filter(pk=pk).first()
    if note is None:
        raise Http404
    note.session = session_or_404(request, note.session_id)
    return note
