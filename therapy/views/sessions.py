"""One session with its plan, its note and its intention card."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

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
from therapy import cards, coming, cosigning, drafts, integration_plans, observations, private, story
from therapy import sessions as workflow
from therapy.forms import IntentionForm
from therapy.models import SessionNote, TherapySession
from therapy.note_forms import AddendumForm, NoteForm, RemarkForm
from therapy.views import parts

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
        TherapySession.objects.select_related("patient__site", "series__site", "therapist")
        .select_related("appointment__site", "infusion")
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
    remark_form: RemarkForm | None = None,
    differences: Sequence[parts.Difference] = (),
    kind: str = "",
    status: int = 200,
) -> HttpResponse:
    user = acting_user(request)
    kind = note_form.kind if note_form else kind or request.GET.get("note", "")
    if kind not in KINDS:
        kind = SessionNote.Kind.PROGRESS if _has_begun(found) else SessionNote.Kind.PLAN
    mine = found.therapist_id == user.pk and can(user, Action.WRITE_THERAPY, found.series.site)
    intention = cards.panel(found, user)
    context: dict[str, Any] = {
        "session": found,
        "patient": found.patient,
        "site": found.series.site,
        "place": parts.place_words(found.series),
        "kind": kind,
        "kinds": KINDS,
        "mine": mine,
        "may_miss": mine
        and found.state == TherapySession.State.PLANNED
        and (not found.appointment or _has_begun(found)),
        "intention": intention,
        "seen": observations.panel(found, user),
        "coming": coming.panel(found, user),
        "integration": integration_plans.panel(found, user),
        "intention_form": intention_form or IntentionForm(instance=intention["card"], coming=intention["coming"]),
        "differences": differences,
        "score": story.panel(found, user),
        "private": private.panel(found, user),
        "checkin": checkins.told(found.patient).first(),
        "plan_lines": parts.plan_lines(found, user) if kind == SessionNote.Kind.PROGRESS else [],
    }
    note = note_of(found, kind)
    if note is not None:
        context |= {
            "note": note,
            "sections": parts.shown(note, found, kind),
            "addendum_form": addendum_form or AddendumForm(),
            "remark_form": remark_form or RemarkForm(),
            "may_cosign": cosigning.may_cosign(note, user),
        }
    elif mine and found.state not in TherapySession.LOST:
        context |= parts.written(found, kind, user) | {"writes": True}
        context["note_form"] = note_form or NoteForm(
            session=found, kind=kind, draft=context["draft"], page=str(uuid4())
        )
    elif mine and drafts.of(found, kind, user):
        context["left_draft"] = reverse("therapy:note", args=[found.pk, kind])
    return render(request, "therapy/session.html", context, status=status)


def note_of(found: TherapySession, kind: str) -> SessionNote | None:
    """The signed note of this kind, with whoever signed it."""
    rows = found.notes.filter(kind=kind, signed_at__isnull=False).select_related(
        "signed_by", "supervisor", "risk_screen"
    )
    return rows.prefetch_related("supervisions__by", "addenda__by").first()


def address(found: TherapySession, kind: str) -> str:
    return f"{reverse('therapy:session', args=[found.pk])}?note={kind}"


def _has_begun(found: TherapySession) -> bool:
    return found.appointment is not None and found.appointment.starts_at <= clock.now()
