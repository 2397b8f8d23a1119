"""The intake as the patient sees it: one page at a time, each kept as it is, the next one when it is whole."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clinic.errors import Invalid, NotFound, NotReady
from patients import cards, consents, intake
from patients.intake_steps import BY_KEY, COUNT, REVIEW, Page, after, before, number_of, typed, with_one_more
from patients.intake_summary import lines
from patients.models import Intake, PatientLink
from patients.views import signing
from patients.views.cards import sent
from patients.views.linked import by_link, speak

LOOK = "look"  # in the address: say what is missing
KEEPING = "X-Keep"  # sent by static/js/keep.js: keep what is typed so far, and say only which version that is


@by_link("intake")
def resume(request: HttpRequest, link: PatientLink) -> HttpResponse:
    """Where it stopped, on whatever device."""
    opened = intake.of_link(link)
    if opened.sent_at:
        return _sent(request, link)
    waiting = next((state.step.key for state in intake.states(opened) if not state.is_complete), REVIEW)
    return _to(request, waiting)


@by_link("intake")
def step(request: HttpRequest, link: PatientLink, key: str) -> HttpResponse:
    opened = intake.of_link(link)
    if opened.sent_at:
        return _sent(request, link)
    if key == REVIEW:
        return _review(request, link, opened)
    if key not in BY_KEY:
        raise NotFound
    if key == "consents":
        return _texts(request, link, opened)
    if request.method == "POST":
        return _saved(request, link, opened, key)
    page, version = intake.page(opened, key)
    return _page(request, link, opened, page, version, checked=LOOK in request.GET and not _is_whole(opened, key))


def _to(request: HttpRequest, key: str, rest: str = "") -> HttpResponse:
    answer = redirect("linked:intake-step", _token(request), key)
    answer["Location"] += rest
    return answer


def _token(request: HttpRequest) -> str:
    return request.link_token  # type: ignore[attr-defined]


def _sent(request: HttpRequest, link: PatientLink) -> HttpResponse:
    return render(request, "patients/intake/sent.html", {"link": link, "site": link.patient.site})


# One page


def _saved(request: HttpRequest, link: PatientLink, opened: Intake, key: str) -> HttpResponse:
    """Keep what was typed, then go where the patient wants to go."""
    answers = typed(BY_KEY[key], request.POST)
    if more := request.POST.get("add", ""):
        answers = with_one_more(BY_KEY[key], answers, more)
    version = request.POST.get("version", "")
    is_keeping = KEEPING in request.headers
    try:
        kept = intake.save(link=link, key=key, answers=answers, version=int(version) if version.isdigit() else 0)
    except intake.ChangedElsewhere as other:
        if is_keeping:
            return JsonResponse({}, status=409)
        mine, theirs = Page(BY_KEY[key], answers), Page(BY_KEY[key], other.step.answers)
        return _page(request, link, opened, mine, other.step.version, theirs=lines(theirs), status=409)
    if is_keeping:
        return JsonResponse({"version": kept.version})
    trouble = _photos(request, link) if key == "cards" else {}
    if speak(request, request.POST.get("lang")):
        return _to(request, key)
    if more:
        return _to(request, key, f"#{more}-last")
    if "back" in request.POST:
        return _to(request, before(key) or key)
    if not trouble and ("later" in request.POST or _is_whole(opened, key)):
        return _to(request, after(key))
    if not trouble:
        return _to(request, key, f"?{LOOK}=1")  # so that the way back through the browser leads over no sent form
    page, _version = intake.page(opened, key)
    return _page(request, link, opened, page, kept.version, photos=trouble, checked=True, status=422)


def _is_whole(opened: Intake, key: str) -> bool:
    return next(state.is_complete for state in intake.states(opened) if state.step.key == key)


def _photos(request: HttpRequest, link: PatientLink) -> dict[str, str]:
    """Keep the photos that were sent. Answers what is wrong with those that can't be kept, by side."""
    trouble: dict[str, str] = {}
    for side, upload in sent(request).items():
        try:
            cards.keep(patient_id=link.patient_id, side=side, upload=upload, by=None, link=link)
        except Invalid as error:
            trouble[side] = " ".join(str(sentence) for sentence in error.fields.values())
    return trouble


def _page(
    request: HttpRequest,
    link: PatientLink,
    opened: Intake,
    page: Page,
    version: int,
    *,
    checked: bool = False,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The page with what was typed; only one that was sent (`checked`) says what is missing."""
    key = page.step.key
    wrong = page.mark() if checked else []
    context = _frame(link, request, key) | {
        "page": page,
        "version": version,
        "checked": checked,
        "wrong": wrong,
        **more,
    }
    if key == "cards":
        context["present"] = cards.present(link.patient)
        if checked and not context["present"] and not more.get("photos"):
            context["photos"] = {"front": _("Take a photo of the front, or tick that you have no card.")}
    return render(request, f"patients/intake/{'cards' if key == 'cards' else 'step'}.html", context, status=status)


def _frame(link: PatientLink, request: HttpRequest, key: str) -> dict[str, Any]:
    return {
        "link": link,
        "site": link.patient.site,
        "token": _token(request),
        "key": key,
        "number": number_of(key),
        "count": COUNT,
        "before": before(key),
        "form_id": "intake",
    }


# The texts to sign


def _texts(request: HttpRequest, link: PatientLink, opened: Intake) -> HttpResponse:
    """Which texts there are, and which wait for a signature."""
    held = consents.standing(link.patient, link.patient.site.today())
    offered = [*consents.REQUIRED, consents.Kind.CONTACT]
    texts = [
        {
            "kind": kind,
            "title": consents.blocks(consents.text_of(kind, _language()).text)[0][1],
            "signed": held[kind],
            "is_needed": kind in consents.REQUIRED,
        }
        for kind in offered
    ]
    waits = next((text["kind"] for text in texts if text["is_needed"] and not text["signed"]), None)
    context = _frame(link, request, "consents") | {"texts": texts, "waits": waits, "form_id": ""}
    return render(request, "patients/intake/consents.html", context)


@by_link("intake")
def consent(request: HttpRequest, link: PatientLink, kind: str) -> HttpResponse:
    """One text, whole, and the signature under it."""
    opened = intake.of_link(link)
    if opened.sent_at:
        return _sent(request, link)
    if kind not in {*consents.REQUIRED, consents.Kind.CONTACT}:
        raise NotFound
    taken = signing.take(request, patient=link.patient, kind=kind, language=_language(), link=link)
    if taken.consent is not None:
        return _to(request, "consents")
    context = _frame(link, request, "consents") | {"signing": taken, "form_id": ""}
    return render(request, "patients/intake/consent.html", context, status=taken.status)


def _language() -> str:
    return (get_language() or "en")[:2]


# The last look


def _review(request: HttpRequest, link: PatientLink, opened: Intake) -> HttpResponse:
    if request.method == "POST":
        try:
            intake.finish(link=link)
        except NotReady:
            return _to(request, REVIEW, f"?{LOOK}=1")
        return redirect("linked:intake", _token(request))
    kept = {one.key: one.answers for one in opened.steps.all()}
    states = intake.states(opened)
    parts = [
        {
            "state": state,
            "number": number_of(state.step.key),
            "lines": lines(Page(state.step, kept.get(state.step.key))) if state.step.parts else [],
        }
        for state in states
    ]
    context = _frame(link, request, REVIEW) | {
        "parts": parts,
        "present": cards.present(link.patient),
        "missing": [state.step for state in states if LOOK in request.GET and not state.is_complete],
        "is_whole": all(state.is_complete for state in states),
        "form_id": "",
    }
    return render(request, "patients/intake/review.html", context)
