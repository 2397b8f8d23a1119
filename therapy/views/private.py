"""The author's psychotherapy notes: a list, and a page for each that opens on a fresh proof and closes by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from clinic import clock, reauth
from clinic.access import acting_user, log_read
from clinic.documents.answer import attachment
from clinic.errors import DomainError, Invalid, NotFound
from therapy import private, releases
from therapy.models import PsychotherapyNote, ReleaseAuthorization
from therapy.private_forms import ReleaseForm

OPEN, OPEN_FOR = "evenkeel_private_note_seen", timedelta(minutes=10)
A_PAGE = 25


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """That there are notes, newest first; what they say stays shut."""
    rows = private.of_author(acting_user(request)).filter(destroyed_at=None)
    rows = rows.select_related("patient__site", "session__appointment").order_by("-saved_at", "pk")
    page_obj = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "therapy/private/mine.html", {"page_obj": page_obj})


@require_POST
def begin(request: HttpRequest, pk: UUID) -> HttpResponse:
    try:
        note = private.begin(session_id=pk, by=acting_user(request))
    except NotFound as error:
        raise Http404 from error
    return redirect("therapy:private", note.pk)


@sensitive_variables()
@require_GET
def note(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = _mine_or_404(request, pk)
    _open(request)
    log_read(request, patient_id=found.patient_id, what="psychotherapy note")
    wanted = request.GET.get("version", "")
    return _page(request, found, number=int(wanted) if wanted.isdecimal() and len(wanted) < 6 else None)


@sensitive_post_parameters()
@sensitive_variables()
@require_POST
def save(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep what was typed, as a draft or as a version. By htmx while typing; as a plain form by its button."""
    found = _mine_or_404(request, pk)
    _open(request)
    version = request.POST.get("version", "")
    if not version.isdecimal() or len(version) > 9:
        raise Http404
    keep, conflict = request.POST.get("press") == "keep", None
    try:
        typed = request.POST.get("text", "")
        found = private.save(note_id=pk, text=typed, edition=int(version), by=acting_user(request), keep=keep)
    except (Invalid, private.SavedElsewhere) as error:
        conflict = error
    if conflict is None and not request.headers.get("HX-Request"):
        messages.success(request, "Kept as a version." if keep else "Saved.")
        return redirect("therapy:private", pk)
    return _saved(request, found, conflict)


@sensitive_variables()
def _saved(request: HttpRequest, found: PsychotherapyNote, conflict: DomainError | None) -> HttpResponse:
    theirs = ""
    if isinstance(conflict, private.SavedElsewhere):
        found.refresh_from_db()
        theirs = private.read(note_id=found.pk, by=acting_user(request))[1]
    context: dict[str, Any] = {"note": found, "site": found.patient.site, "conflict": conflict, "theirs": theirs}
    if request.headers.get("HX-Request"):
        return render(request, "therapy/private/answer.html", context, status=conflict.status if conflict else 200)
    return _page(request, found, typed=request.POST.get("text", ""), status=409, **context)


@require_POST
def destroy(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = _mine_or_404(request, pk)
    _for_good(request, "destroy a psychotherapy note for good")
    private.destroy(note_id=found.pk, reason=request.POST.get("reason", ""), by=acting_user(request))
    messages.success(request, "The note is destroyed. That there was one, and why it went, stays on record.")
    return redirect("therapy:private-mine")


@require_POST
def authorize(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record what the patient signed, so that this one version may go to this one recipient."""
    found = _mine_or_404(request, pk)
    _open(request)
    user = acting_user(request)
    form = ReleaseForm(request.POST, versions=private.kept_numbers(note_id=pk, by=user))
    if form.is_valid():
        try:
            releases.authorize(note_id=found.pk, by=user, **form.cleaned_data)
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, "The authorization is recorded. Its paper can be made once.")
            return redirect("therapy:private", pk)
    return _page(request, found, form=form, status=422)


@require_POST
def release(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The paper of an authorization, once."""
    one = _authorization_or_404(request, pk)
    _for_good(request, "take a psychotherapy note out of the house")
    made = releases.release(authorization_id=pk, by=acting_user(request))
    log_read(request, patient_id=one.note.patient_id, what="psychotherapy note released")
    return attachment(made, "psychotherapy-note.pdf", "application/pdf")


@require_POST
def revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    one = _authorization_or_404(request, pk)
    releases.revoke(authorization_id=pk, by=acting_user(request))
    messages.success(request, "Revoked. Nothing goes out on it any more.")
    return redirect("therapy:private", one.note_id)


def _mine_or_404(request: HttpRequest, pk: UUID) -> PsychotherapyNote:
    """One's own note that stands. For everybody else there is nothing here, and nobody is asked for a password."""
    rows = private.of_author(acting_user(request)).select_related(
        "patient__site", "session__appointment", "session__series"
    )
    found = rows.filter(pk=pk, destroyed_at=None).first()
    if found is None:
        raise Http404
    return found


def _authorization_or_404(request: HttpRequest, pk: UUID) -> ReleaseAuthorization:
    mine = private.of_author(acting_user(request)).filter(destroyed_at=None)
    one = ReleaseAuthorization.objects.select_related("note").filter(pk=pk, note__in=mine).first()
    if one is None:
        raise Http404
    return one


def _open(request: HttpRequest) -> None:
    """Raise ProofNeeded unless notes are open here: by a fresh proof, then until ten minutes after the last touch."""
    now, seen = clock.now(), request.session.get(OPEN)
    if not seen or now - datetime.fromisoformat(seen) > OPEN_FOR:
        reauth.require_fresh(request, to="open your psychotherapy notes", by_pin=True)
    request.session[OPEN] = now.isoformat()


def _for_good(request: HttpRequest, to: str) -> None:
    """What leaves the house or is gone can't be taken back: an open note is not enough, nor is a PIN."""
    reauth.require_fresh(request, to=to)
    _open(request)


@sensitive_variables()
def _page(
    request: HttpRequest,
    found: PsychotherapyNote,
    *,
    number: int | None = None,
    typed: str | None = None,
    form: ReleaseForm | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    user = acting_user(request)
    try:
        shown, text = private.read(note_id=found.pk, by=user, number=number)
    except NotFound as error:
        raise Http404 from error
    versions = private.versions(note_id=found.pk, by=user)
    context = {
        "note": found,
        "site": found.patient.site,
        "text": text if typed is None else typed,
        "shown": shown,
        "older": shown is not None and shown.number != versions[0].number,
        "versions": versions,
        "form": form or ReleaseForm(versions=[one.number for one in versions if one.kept_at]),
        "authorizations": releases.of_note(found),
        "reasons": PsychotherapyNote.Reason.choices,
        **more,
    }
    return render(request, "therapy/private/note.html", context, status=status)
