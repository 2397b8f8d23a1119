"""Questionnaires as the patient answers them by a link: a list of what is asked, and one question at a time."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clinic.errors import Invalid
from patients import giving
from patients.giving import PURPOSES, Part
from patients.models import MeasureResponse, PatientLink
from patients.views.linked import by_link

Instrument = MeasureResponse.Instrument
LOOK = "look"  # in the address: say that an answer is missing


@by_link(*PURPOSES)
def home(request: HttpRequest, link: PatientLink) -> HttpResponse:
    """What is asked, and where to go on; a check that nobody asked for is begun here too."""
    if request.method == "POST":
        extra = giving.begin_extra(link)
        return _to(request, extra.instrument, extra.following or 1)
    parts = giving.parts(link, _language())
    context = {
        "link": link,
        "site": link.patient.site,
        "rows": [(name_of(part), part) for part in parts],
        "following": giving.next_part(parts),
        "is_crisis": any(part.speaks_of_suicide for part in parts),
        "token": _token(request),
    }
    return render(request, "patients/linked/measures.html", context)


@by_link(*PURPOSES)
def question(request: HttpRequest, link: PatientLink, instrument: str) -> HttpResponse:
    """One question. What is sent is kept; then comes the next one, or the page with 988 before it."""
    language = _language()
    if request.method != "POST":
        trouble = _("Choose an answer. Every question needs one.") if LOOK in request.GET else ""
        part = giving.part_of(link, instrument, language)
        return _asked(request, link, part, _number(request.GET.get("n")), trouble=trouble)
    number = _number(request.POST.get("n")) or 1
    try:
        outcome = giving.answer(
            link=link,
            instrument=instrument,
            number=number,
            value=_number(request.POST.get("answer")),
            language=language,
        )
    except Invalid:
        return _to(request, instrument, number, f"&{LOOK}=1")  # the way back then leads over no form that was sent
    if outcome.is_crisis:
        return redirect("linked:measures-help", _token(request))
    if outcome.following is None:
        return redirect("linked:measures", _token(request))
    return _to(request, instrument, outcome.following)


@by_link(*PURPOSES)
def help_now(request: HttpRequest, link: PatientLink) -> HttpResponse:
    """What a patient sees at once when an answer speaks of suicide (protocol 4.2); the questions go on from here."""
    parts = giving.parts(link, _language())
    context = {
        "link": link,
        "site": link.patient.site,
        "following": giving.next_part(parts),
        "token": _token(request),
    }
    return render(request, "patients/linked/measures_help.html", context)


def _asked(
    request: HttpRequest, link: PatientLink, part: Part, number: int | None, *, trouble: str = ""
) -> HttpResponse:
    if part.is_done or (part.draft and part.draft.response and number != part.following):
        number = part.following
        if number is None:
            return redirect("linked:measures", _token(request))
    following = part.following or 1
    here = number if number and number <= following else following
    wording = giving.wording_of(part, _language())
    parts = giving.parts(link, _language())
    context = _question(part, wording, here) | {
        "link": link,
        "site": link.patient.site,
        "token": _token(request),
        "trouble": trouble,
        "is_crisis": any(each.speaks_of_suicide for each in parts),
        "place": [each.instrument for each in parts].index(part.instrument) + 1,
        "places": len(parts),
    }
    return render(request, "patients/linked/measure.html", context)


def _question(part: Part, wording: Any, number: int) -> dict[str, Any]:
    item = giving.item_of(wording, number)
    is_extra = number > len(wording)
    return {
        "part": part,
        "wording": wording,
        "item": item,
        "number": number,
        "count": len(wording),
        "is_extra": is_extra,
        "stem": "" if is_extra else wording.stem,
        "lead": wording.lead if number == 1 else "",
        "chosen": None if is_extra else part.answers[number - 1],
        "before": None if is_extra else _before(part, number),
        "is_translated": wording.language == _language(),
    }


def _before(part: Part, number: int) -> int | None:
    """The question before this one that was answered."""
    return next((place for place in range(number - 1, 0, -1) if part.answers[place - 1] is not None), None)


def name_of(part: Part) -> str:
    """What a questionnaire is called to a patient, without the word for an illness."""
    return {
        Instrument.PHQ9: _("How you have been"),
        Instrument.GAD7: _("Worry and rest"),
        Instrument.CSSRS: _("Hard thoughts"),
        Instrument.ASQ: _("Hard thoughts"),
        Instrument.PCL5: _("After a stressful experience"),
    }[Instrument(part.instrument)]


def _language() -> str:
    return (get_language() or "en")[:2]


def _number(typed: str | None) -> int | None:
    return int(typed) if typed and typed.isdigit() and len(typed) < 4 else None


def _token(request: HttpRequest) -> str:
    return request.link_token  # type: ignore[attr-defined]


def _to(request: HttpRequest, instrument: str, number: int, rest: str = "") -> HttpResponse:
    """To one question. Each has an address of its own, so that the browser's way back leads to the one before it."""
    answer = redirect("linked:measure", _token(request), instrument)
    answer["Location"] += f"?n={number}{rest}"
    return answer
