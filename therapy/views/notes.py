"""Typing a note: kept by itself while one types, saved, signed, added to, printed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from clinic.access import acting_user
from clinic.errors import IllegalTransition, Invalid, Refused
from therapy import drafts
from therapy import notes as workflow
from therapy.models import NoteDraft, TherapySession
from therapy.note_forms import AddendumForm, NoteForm
from therapy.views import parts
from therapy.views.sessions import KINDS, address, note_of, page, session_or_404

SIGN_FIELDS = {"started_at": "started", "ended_at": "ended"}


@require_POST
def write(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """Keep what was typed; a button may want more: the minute of start or stop, a copy of what lasts, the signature.

    What can't be taken is said; everything else is kept all the same.
    """
    found = session_or_404(request, pk)
    if kind not in KINDS:
        raise Http404
    user = acting_user(request)
    form = NoteForm(request.POST, session=found, kind=kind, draft=drafts.of(found, kind, user))
    form.is_valid()
    press = request.POST.get("press", "")
    try:
        draft = workflow.write(session_id=found.pk, kind=kind, by=user, **form.kept(press))
    except workflow.Overtaken as overtaken:
        return _overtaken(request, found, form, overtaken.draft)
    except IllegalTransition as error:
        return _signed_meanwhile(request, found, form, error)
    except Invalid as error:
        form.refuse(error)
        return _kept(request, found, form, None, status=422)
    if _by_itself(request) or form.errors:
        return _kept(request, found, form, draft, status=422 if form.errors else 200)
    return _pressed(request, found, draft, press)


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


@require_GET
def show(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """The note on paper: what was signed, or one’s own draft, marked as one."""
    found = session_or_404(request, pk)
    if kind not in KINDS:
        raise Http404
    note = note_of(found, kind)
    written = note or drafts.of(found, kind, acting_user(request))
    if written is None:
        raise Http404
    context = {
        "session": found,
        "patient": found.patient,
        "site": found.series.site,
        "note": note,
        "written": written,
        "back": address(found, kind),
        "sections": parts.shown(written, found, kind),
        "is_as_signed": note is not None and workflow.is_as_signed(note),
    }
    return render(request, "therapy/note/print.html", context)


def _by_itself(request: HttpRequest) -> bool:
    """The page saved while its writer went on typing."""
    return "HX-Request" in request.headers


def _pressed(request: HttpRequest, found: TherapySession, draft: NoteDraft, press: str) -> HttpResponse:
    user = acting_user(request)
    if press == "copy":
        try:
            drafts.copy_forward(draft_id=draft.pk, by=user)
        except Invalid as error:
            messages.warning(request, error.sentence)
        else:
            messages.info(request, "Copied. Look at each copied heading, and say so beside it, before you sign.")
    elif press == "sign":
        return _sign(request, found, draft)
    else:
        messages.success(request, f"Saved {found.series.site.local(draft.saved_at):%H:%M}, draft.")
    return redirect(address(found, draft.kind))


def _sign(request: HttpRequest, found: TherapySession, draft: NoteDraft) -> HttpResponse:
    user = acting_user(request)
    try:
        workflow.sign(note_id=draft.pk, by=user)
    except (Invalid, Refused, IllegalTransition) as error:
        form = NoteForm(_newest(request, draft), session=found, kind=draft.kind, draft=draft)
        form.is_valid()
        form.refuse(_on_fields(error) if isinstance(error, Invalid) else Invalid(error.sentence))
        return page(request, found, note_form=form, status=error.status)
    messages.success(request, "Signed and locked. What is still to be said is added as an addendum.")
    return redirect(address(found, draft.kind))


def _on_fields(error: Invalid) -> Invalid:
    """The verb speaks of moments and of what was looked at, the form of its fields."""
    renamed = {SIGN_FIELDS.get(name, name).removeprefix("looked_"): words for name, words in error.fields.items()}
    return Invalid(renamed)


def _newest(request: HttpRequest, draft: NoteDraft) -> Any:
    """What was typed, with the version that stands now, so that the next save is not overtaken by this one."""
    typed = request.POST.copy()
    typed["version"] = str(draft.version)
    return typed


def _kept(
    request: HttpRequest, found: TherapySession, form: NoteForm, draft: NoteDraft | None, *, status: int
) -> HttpResponse:
    """The answer to a page that saved: a few parts of it, or the whole page with what could not be taken."""
    draft = draft or drafts.of(found, form.kind, acting_user(request))
    if _by_itself(request):
        return render(request, "therapy/note/kept.html", parts.kept(found, form, draft), status=status)
    if draft is not None and not form.non_field_errors():
        form = NoteForm(_newest(request, draft), session=found, kind=form.kind, draft=draft)
        form.is_valid()
    return page(request, found, note_form=form, status=status)


def _overtaken(request: HttpRequest, found: TherapySession, form: NoteForm, draft: NoteDraft) -> HttpResponse:
    """Another window saved: both are shown, and nothing is written until one chooses."""
    if _by_itself(request):
        context = parts.kept(found, form, draft) | {"differences": parts.differences(form, draft)}
        return render(request, "therapy/note/kept.html", context, status=409)
    fresh = NoteForm(_newest(request, draft), session=found, kind=form.kind, draft=draft)
    fresh.is_valid()
    return page(request, found, note_form=fresh, differences=parts.differences(form, draft), status=409)


def _signed_meanwhile(
    request: HttpRequest, found: TherapySession, form: NoteForm, error: IllegalTransition
) -> HttpResponse:
    """The note was signed in another window: what was typed here moves into the addendum."""
    note = note_of(found, form.kind)
    signed = {section.key: section.text for section in note.sections.all()} if note else {}
    typed = "\n\n".join(text for key, text in form.texts.items() if text.strip() and text != signed.get(key))
    if _by_itself(request):
        context = {"typed": typed, "href": address(found, form.kind)}
        return render(request, "therapy/note/signed_meanwhile.html", context, status=409)
    if not typed:  # “Sign” was pressed twice
        return redirect(address(found, form.kind))
    messages.warning(request, f"{error.sentence} What you typed stands in the addendum below.")
    return page(
        request, found, kind=form.kind, addendum_form=AddendumForm(initial={"text": typed}), status=error.status
    )
