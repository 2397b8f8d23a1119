"""The therapist's pages: my sessions, one session with its plan, note and intention card."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from clinic import clock
from clinic.access import acting_user, current_site, log_read
from clinic.errors import IllegalTransition, Invalid, Refused
from clinic.policy import Action, can
from infusions import checkins
from patients.access import allow_here
from therapy import sessions
from therapy.forms import AddendumForm, IntentionForm, NoteForm
from therapy.models import SessionNote, TherapySession
from therapy.rules import sections

KINDS = (SessionNote.Kind.PLAN, SessionNote.Kind.PROGRESS)


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


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """My sessions: what is today, what waits for a signature, what comes."""
    user, site = acting_user(request), current_site(request)
    rows = (
        TherapySession.objects.filter(therapist=user, series__site=site)
        .select_related("patient", "appointment", "series__site")
        .order_by("appointment__starts_at", "id")
    )
    start, end = site.day_bounds(site.today())
    unsigned = rows.filter(state__in=[TherapySession.State.HELD, TherapySession.State.PLANNED])
    past = unsigned.filter(appointment__ends_at__lt=clock.now()).exclude(appointment__starts_at__gte=start)
    coming = rows.filter(state=TherapySession.State.PLANNED, appointment__starts_at__gte=end)
    context = {
        "today": rows.filter(appointment__starts_at__gte=start, appointment__starts_at__lt=end),
        "unsigned": past[:50],
        "page_obj": Paginator(coming, 25).get_page(request.GET.get("page")),
        "soon": clock.now() + timedelta(hours=1),
    }
    return render(request, "therapy/mine.html", context)


@require_GET
def session(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _page(request, session_or_404(request, pk))


@require_POST
def write(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """Save the draft; with “sign”, sign it as well. What can't be signed is saved all the same."""
    found = session_or_404(request, pk)
    if kind not in KINDS:
        raise Http404
    user = acting_user(request)
    form = NoteForm(request.POST, session=found, kind=kind, note=_note(found, kind))
    if not form.is_valid():
        return _page(request, found, note_form=form, status=422)
    try:
        started, ended = form.minutes()
        note = sessions.write(
            session_id=found.pk,
            kind=kind,
            sections=form.texts,
            by=user,
            version=form.cleaned_data["version"],
            started_at=started,
            ended_at=ended,
            modality=form.cleaned_data.get("modality", ""),
        )
    except sessions.Overtaken as overtaken:
        return _page(request, found, note_form=_fresh(request, found, kind), overtaken=overtaken, status=409)
    except IllegalTransition as error:
        return _signed_meanwhile(request, found, form, error)
    except Invalid as error:
        form.refuse(_on_fields(error))
        return _page(request, found, note_form=form, status=422)
    if "sign" not in request.POST:
        messages.success(request, f"Saved {found.series.site.local(note.saved_at):%H:%M}, draft.")
        return redirect(_address(found, kind))
    try:
        sessions.sign(note_id=note.pk, by=user)
    except (Invalid, Refused, IllegalTransition) as error:
        form = _fresh(request, found, kind)
        form.refuse(_on_fields(error) if isinstance(error, Invalid) else Invalid(error.sentence))
        return _page(request, found, note_form=form, status=error.status)
    messages.success(request, "Signed and locked. What is still to be said is added as an addendum.")
    return redirect(_address(found, kind))


@require_POST
def addendum(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    found = session_or_404(request, pk)
    note = _note(found, kind) if kind in KINDS else None
    if note is None:
        raise Http404
    form = AddendumForm(request.POST)
    if form.is_valid():
        try:
            sessions.addendum(note_id=note.pk, text=form.cleaned_data["text"], by=acting_user(request))
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, "Addendum signed.")
            return redirect(_address(found, kind))
    return _page(request, found, kind=kind, addendum_form=form, status=422)


@require_POST
def intentions(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = session_or_404(request, pk)
    form = IntentionForm(request.POST)
    if form.is_valid():
        try:
            sessions.share_intentions(session_id=found.pk, by=acting_user(request), **form.cleaned_data)
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, "Shared: the nurse sees the card at the chair.")
            return redirect("therapy:session", pk=found.pk)
    return _page(request, found, intention_form=form, status=422)


@require_POST
def missed(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = session_or_404(request, pk)
    sessions.mark_missed(session_id=found.pk, by=acting_user(request))
    messages.success(request, "Marked as missed. Book another session in its stead.")
    return redirect("therapy:session", pk=found.pk)


def _note(found: TherapySession, kind: str) -> SessionNote | None:
    return found.notes.filter(kind=kind).select_related("signed_by").first()


def _address(found: TherapySession, kind: str) -> str:
    return f"{reverse('therapy:session', args=[found.pk])}?note={kind}"


def _on_fields(error: Invalid) -> Invalid:
    """The verb speaks of moments, the form of times of the day."""
    renamed = {"started_at": "started", "ended_at": "ended"}
    return Invalid({renamed.get(name, name): sentence for name, sentence in error.fields.items()})


def _page(
    request: HttpRequest,
    found: TherapySession,
    *,
    note_form: NoteForm | None = None,
    intention_form: IntentionForm | None = None,
    addendum_form: AddendumForm | None = None,
    overtaken: sessions.Overtaken | None = None,
    kind: str = "",
    status: int = 200,
) -> HttpResponse:
    user = acting_user(request)
    kind = note_form.kind if note_form else kind or request.GET.get("note", "")
    if kind not in KINDS:
        kind = SessionNote.Kind.PROGRESS if _has_begun(found) else SessionNote.Kind.PLAN
    note = _note(found, kind)
    mine = found.therapist_id == user.pk and can(user, Action.WRITE_THERAPY, found.series.site)
    card = getattr(found, "intention_card", None)
    context: dict[str, Any] = {
        "session": found,
        "patient": found.patient,
        "site": found.series.site,
        "kind": kind,
        "kinds": KINDS,
        "note": note,
        "mine": mine,
        "card": card,
        "sections": _shown(note, found, kind),
        "note_form": note_form or NoteForm(session=found, kind=kind, note=note),
        "intention_form": intention_form or IntentionForm(instance=card),
        "addendum_form": addendum_form or AddendumForm(),
        "overtaken": _theirs(overtaken, found, kind),
        "checkin": checkins.told(found.patient).first(),
    }
    return render(request, "therapy/session.html", context, status=status)


def _fresh(request: HttpRequest, found: TherapySession, kind: str) -> NoteForm:
    """What was typed, with the version that stands now, so that the next save is not overtaken by this one."""
    note = _note(found, kind)
    typed = request.POST.copy()
    typed["version"] = str(note.version) if note else ""
    form = NoteForm(typed, session=found, kind=kind, note=note)
    form.is_valid()
    return form


def _signed_meanwhile(
    request: HttpRequest, found: TherapySession, form: NoteForm, error: IllegalTransition
) -> HttpResponse:
    """The note was signed in another window: what was typed here moves into the addendum."""
    messages.warning(request, f"{error.sentence} What you typed stands in the addendum below.")
    typed = "\n\n".join(text for text in form.texts.values() if text.strip())
    return _page(
        request, found, kind=form.kind, addendum_form=AddendumForm(initial={"text": typed}), status=error.status
    )


def _has_begun(found: TherapySession) -> bool:
    return found.appointment is not None and found.appointment.starts_at <= clock.now()


def _shown(note: SessionNote | None, found: TherapySession, kind: str) -> list[tuple[str, str]]:
    """Heading and text of a signed note, in the order of its kind."""
    if note is None or not note.signed_at:
        return []
    written = {section.key: section.text for section in note.sections.all()}
    return [(row.label, written[row.key]) for row in sections(kind, found.kind) if written.get(row.key)]


def _theirs(overtaken: sessions.Overtaken | None, found: TherapySession, kind: str) -> list[tuple[str, str]]:
    if overtaken is None:
        return []
    return [
        (row.label, overtaken.theirs[row.key]) for row in sections(kind, found.kind) if overtaken.theirs.get(row.key)
    ]
