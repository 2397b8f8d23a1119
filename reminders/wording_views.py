"""The words of every message, for the clinic admin: read, written, looked at with a real patient, tried, restored."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import acting_user
from clinic.errors import DomainError, Invalid
from clinic.ids import uuid7
from clinic.models import Site
from clinic.place.views import done, here
from patients import search
from patients.access import patient_or_404
from patients.models import Patient
from reminders import channels, house_words, text_rules, wording_edits, wording_preview, wordings
from reminders.message_kinds import KINDS, PLACEHOLDERS, MessageKind
from reminders.models import Wording
from reminders.models.wordings import LANGUAGES
from reminders.templates import Letter
from reminders.wording_forms import SenderForm, WordingForm
from reminders.wording_preview import Draft

FOUND = 6


@require_GET
def words(request: HttpRequest) -> HttpResponse:
    """Every kind of message, when it goes out, and whose words it has in each language."""
    site = here(request)
    return _words_page(request, site, SenderForm(initial={"name": wordings.sender(site)}))


def _words_page(request: HttpRequest, site: Site, form: SenderForm, status: int = 200) -> HttpResponse:
    own = {
        (row.kind, row.language): row
        for row in Wording.objects.filter(site=site).order_by("version").select_related("made_by")
    }
    rows = [(kind, [(code, name, own.get((key, code))) for code, name in LANGUAGES]) for key, kind in KINDS.items()]
    tells = text_rules.forbidden(site.name) and wordings.sender(site) == wordings.NAMELESS["en"]
    context = {"site": site, "rows": rows, "form": form, "tells": tells}
    return render(request, "reminders/words.html", context, status=status)


@require_POST
def sender(request: HttpRequest) -> HttpResponse:
    """How the site calls itself in messages."""
    site = here(request)
    form = SenderForm(request.POST)
    if form.is_valid() and (
        made := done(form, wording_edits.call_it, site=site, name=form.cleaned_data["name"], by=acting_user(request))
    ):
        messages.success(request, f"Messages come from “{made.name}” from now on.")
        return redirect("reminders:words")
    return _words_page(request, site, form, status=422)


def _kind(kind: str, language: str) -> MessageKind:
    try:
        return wording_edits.kind_of(kind, language)
    except DomainError as error:
        raise Http404 from error


@require_http_methods(["GET", "POST"])
def wording(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """The editor of one kind in one language."""
    site, known = here(request), _kind(kind, language)
    form = _form(request, site, known, language)
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data.get(name, "") for name in ("subject", "body", "text", "note", "based_on")}
        given["planned_too"] = form.cleaned_data.get("planned_too", False)
        by = acting_user(request)
        if made := done(form, wording_edits.write, site=site, kind=kind, language=language, by=by, **given):
            messages.success(request, f"Version {made.version} holds from now on.")
            return redirect("reminders:wording", kind, language)
    return _editor(request, site, known, language, form)


@require_POST
def look(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """The words as they are being typed: how long, what keeps them from being sent, and how they would look."""
    site, known = here(request), _kind(kind, language)
    form = _form(request, site, known, language)
    return _editor(request, site, known, language, form, look=True)


def _form(request: HttpRequest, site: Site, kind: MessageKind, language: str) -> WordingForm:
    standing = wordings.newest(kind.key, language, site=site)
    waiting = wording_edits.waiting(site, kind.key, language).count()
    return WordingForm(request.POST or None, kind=kind, standing=standing, waiting=waiting)


def _editor(
    request: HttpRequest, site: Site, kind: MessageKind, language: str, form: WordingForm, *, look: bool = False
) -> HttpResponse:
    typed = form.typed()
    wrong = wording_edits.problems(kind, **typed)
    patient, found = _chosen(request, site) if look else (None, [])
    shown = None if wrong else wording_preview.show(Draft(kind, language, **typed), site, patient)
    context = {
        "site": site,
        "kind": kind,
        "language": language,
        "language_name": dict(LANGUAGES)[language],
        "form": form,
        "places": [PLACEHOLDERS[name] for name in sorted(kind.placeholders)],
        "length": text_rules.length(wording_edits.longest_text(kind, typed["text"])),
        "problems": [sentence for field, sentence in wrong.items() if field not in form.errors],
        "looked": look,
        "shown": shown,
        "patient": patient,
        "found": found,
        "who": request.POST.get("who", ""),
        "versions": Wording.objects.filter(site=site, kind=kind.key, language=language).select_related("made_by")[:20],
        "house": house_words.NEWEST[kind.key, language],
    }
    return render(request, "reminders/wording.html", context, status=422 if form.is_bound and form.errors else 200)


def _chosen(request: HttpRequest, site: Site) -> tuple[Patient | None, list[Patient]]:
    """The patient to look at the words with; those that were meant, where several may be."""
    if chosen := request.POST.get("patient"):
        try:
            return patient_or_404(request, UUID(chosen), what="preview of a message"), []
        except ValueError as error:
            raise Http404 from error
    found = search.find(user=acting_user(request), text=request.POST.get("who", ""), limit=FOUND, site=site)
    if len(found) != 1:
        return None, found
    return patient_or_404(request, found[0].pk, what="preview of a message"), []


@require_POST
def restore(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    site, _ = here(request), _kind(kind, language)
    version = request.POST.get("version", "")
    try:
        made = wording_edits.restore(site=site, kind=kind, language=language, version=version, by=acting_user(request))
    except Invalid as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, f"Version {made.version} holds from now on: {made.note.lower()}.")
    return redirect("reminders:wording", kind, language)


@require_POST
def try_out(request: HttpRequest, kind: str, language: str) -> HttpResponse:
    """Send the words in force to the admin's own address, filled for somebody made up."""
    site, known = here(request), _kind(kind, language)
    user, words = acting_user(request), wordings.newest(kind, language, site=site)
    draft = Draft(known, language, words.subject, words.body, words.text)
    shown = wording_preview.show(draft, site)
    letter = Letter(f"Test: {shown.subject}", f"{shown.body}\n\nAs a text message:\n{shown.text}\n", shown.text)
    try:
        with channels.Session() as session:
            channels.to_staff(channels.Channel.EMAIL, key=uuid7(), letter=letter, to=user, session=session)
    except (channels.Refused, channels.NotKnown) as trouble:
        messages.error(request, f"The test was not sent: {trouble.why}")
    else:
        messages.success(request, f"Sent to {user.email}.")
    return redirect("reminders:wording", kind, language)
