"""One session with its plan, its note and its intention card."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from clinic import clock
from clinic.access import acting_user, log_read
from clinic.policy import Action, can
from infusions import checkins
from patients.access import allow_here
from therapy import cards, private
from therapy import sessions as workflow
from therapy.forms import AddendumForm, IntentionForm, NoteForm
from therapy.models import SessionNote, TherapySession
from therapy.notes import Overtaken
from therapy.rules import sections

KINDS = (SessionNote.Kind.PLAN, SessionNote.Kind.PROGRESS)


@require_GET
def session(request: HttpRequest, pk: UUID) -> HttpResponse:
    return page(request, session_or_404(request, pk))


@require_POST
def missed(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = session_or_404(request, pk)
    workflow.mark_missed(session_id=found.pk, by=acting_user(request))
    messages.success(request, "Marked as missed. Book another session in its stead.")
    return redirect("therapy:session", pk=found.pk)


def session_or_404(request: HttpRequest, pk: UUID) -> TherapySession:
    """The session, once the read is written. Raises Http404 for a stranger, NotPermitted for a colleague."""
    session = (
        TherapySession.objects.select_related("patient__site", "series__site", "therapist", "appointment__site")
        .filter(pk=pk, series__site_id__in=acting_user(request).site_ids)
        .first()
    )
    if session is None:
        raise Http404
    allow_here(request, session.series.site)
    log_read(request, patient_id=session.patient_id, what="therapy session")
    return session


def page(
    request: HttpRequest,
    found: TherapySession,
    *,
    note_form: NoteForm | None = None,
    intention_form: IntentionForm | None = None,
    addendum_form: AddendumForm | None = None,
    overtaken: Overtaken | None = None,
    kind: str = "",
    status: int = 200,
) -> HttpResponse:
    user = acting_user(request)
    kind = note_form.kind if note_form else kind or request.GET.get("note", "")
    if kind not in KINDS:
        kind = SessionNote.Kind.PROGRESS if _has_begun(found) else SessionNote.Kind.PLAN
    note = note_of(found, kind)
    mine = found.therapist_id == user.pk and can(user, Action.WRITE_THERAPY, found.series.site)
    intention = cards.panel(found, user)
    context: dict[str, Any] = {
        "session": found,
        "patient": found.patient,
        "site": found.series.site,
        "kind": kind,
        "kinds": KINDS,
        "note": note,
        "mine": mine,
        "intention": intention,
        "sections": _shown(note, found, kind),
        "note_form": note_form or NoteForm(session=found, kind=kind, note=note),
        "intention_form": intention_form or IntentionForm(instance=intention["card"], coming=intention["coming"]),
        "addendum_form": addendum_form or AddendumForm(),
        "overtaken": _theirs(overtaken, found, kind),
        "private": private.panel(found, user),
        "checkin": checkins.told(found.patient).first(),
    }
    return render(request, "therapy/session.html", context, status=status)


def note_of(found: TherapySession, kind: str) -> SessionNote | None:
    return found.notes.filter(kind=kind).select_related("signed_by").first()


def address(found: TherapySession, kind: str) -> str:
    return f"{reverse('therapy:session', args=[found.pk])}?note={kind}"


def _has_begun(found: TherapySession) -> bool:
    return found.appointment is not None and found.appointment.starts_at <= clock.now()


def _shown(note: SessionNote | None, found: TherapySession, kind: str) -> list[tuple[str, str]]:
    """Heading and text of a signed note, in the order of its kind."""
    if note is None or not note.signed_at:
        return []
    written = {section.key: section.text for section in note.sections.all()}
    return [(row.label, written[row.key]) for row in sections(kind, found.kind) if written.get(row.key)]


def _theirs(overtaken: Overtaken | None, found: TherapySession, kind: str) -> list[tuple[str, str]]:
    if overtaken is None:
        return []
    return [
        (row.label, overtaken.theirs[row.key]) for row in sections(kind, found.kind) if overtaken.theirs.get(row.key)
    ]
