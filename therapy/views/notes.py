"""Saving, signing and adding to the notes of a session."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from clinic.access import acting_user
from clinic.errors import IllegalTransition, Invalid, Refused
from therapy import notes as workflow
from therapy.forms import AddendumForm, NoteForm
from therapy.models import TherapySession
from therapy.views.sessions import KINDS, address, note_of, page, session_or_404


@require_POST
def write(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """Save the draft; with “sign”, sign it as well. What can't be signed is saved all the same."""
    found = session_or_404(request, pk)
    if kind not in KINDS:
        raise Http404
    user = acting_user(request)
    form = NoteForm(request.POST, session=found, kind=kind, note=note_of(found, kind))
    if not form.is_valid():
        return page(request, found, note_form=form, status=422)
    try:
        started, ended = form.minutes()
        note = workflow.write(
            session_id=found.pk,
            kind=kind,
            sections=form.texts,
            by=user,
            version=form.cleaned_data["version"],
            started_at=started,
            ended_at=ended,
            modality=form.cleaned_data.get("modality", ""),
        )
    except workflow.Overtaken as overtaken:
        return page(request, found, note_form=_fresh(request, found, kind), overtaken=overtaken, status=409)
    except IllegalTransition as error:
        return _signed_meanwhile(request, found, form, error)
    except Invalid as error:
        form.refuse(_on_fields(error))
        return page(request, found, note_form=form, status=422)
    if "sign" not in request.POST:
        messages.success(request, f"Saved {found.series.site.local(note.saved_at):%H:%M}, draft.")
        return redirect(address(found, kind))
    try:
        workflow.sign(note_id=note.pk, by=user)
    except (Invalid, Refused, IllegalTransition) as error:
        form = _fresh(request, found, kind)
        form.refuse(_on_fields(error) if isinstance(error, Invalid) else Invalid(error.sentence))
        return page(request, found, note_form=form, status=error.status)
    messages.success(request, "Signed and locked. What is still to be said is added as an addendum.")
    return redirect(address(found, kind))


@require_POST
def addendum(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    found = session_or_404(request, pk)
    note = note_of(found, kind) if kind in KINDS else None
    if note is None:
        raise Http404
    form = AddendumForm(request.POST)
    if form.is_valid():
        try:
            workflow.addendum(note_id=note.pk, text=form.cleaned_data["text"], by=acting_user(request))
        except Invalid as error:
            form.refuse(error)
        else:
            messages.success(request, "Addendum signed.")
            return redirect(address(found, kind))
    return page(request, found, kind=kind, addendum_form=form, status=422)


def _on_fields(error: Invalid) -> Invalid:
    """The verb speaks of moments, the form of times of the day."""
    renamed = {"started_at": "started", "ended_at": "ended"}
    return Invalid({renamed.get(name, name): sentence for name, sentence in error.fields.items()})


def _fresh(request: HttpRequest, found: TherapySession, kind: str) -> NoteForm:
    """What was typed, with the version that stands now, so that the next save is not overtaken by this one."""
    note = note_of(found, kind)
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
    return page(
        request, found, kind=form.kind, addendum_form=AddendumForm(initial={"text": typed}), status=error.status
    )
