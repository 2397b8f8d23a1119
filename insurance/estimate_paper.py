"""The estimate on paper: what 45 CFR 149.610(c) asks to stand there, in English or Spanish, from the record alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic import clock, identifiers
from clinic.documents.sheets import blank
from insurance import estimate_words as words
from insurance.models import Estimate
from patients import phones

if TYPE_CHECKING:
    from clinic.documents.paper import Paper

LANGUAGES = {"en": "en-US", "es": "es-US"}
SIDE = 14.0
WIDTHS = (23.0, 62.0, 18.0, 20.0, 19.0)
CMS = "www.cms.gov/nosurprises"


def make(estimate: Estimate, language: str) -> bytes:
    """The paper in one language."""
    with translation.override(language):
        return _made(estimate, language)


def _made(estimate: Estimate, language: str) -> bytes:
    patient, practice = estimate.patient, estimate.basis["practice"]
    paper = blank(
        head=f"{practice['name']}, {patient.legal_name}, {patient.mrn}",
        foot=_("Estimate of %(day)s.") % {"day": words.day_of(_made_on(estimate))},
        made=clock.now(),
    )
    paper.set_lang(LANGUAGES[language])
    paper.set_margins(SIDE, 12, SIDE)
    paper.add_page()
    paper.ln(2)
    paper.say(title(estimate), 16, bold=True, gap=1)
    paper.say(_lead(estimate), 10, gap=2.5)
    _facts(paper, estimate)
    _table(paper, estimate)
    _sum(paper, estimate)
    _notes(paper, estimate)
    for heading, texts in rights(estimate):
        _part(paper, heading, texts)
    return paper.made()


def title(estimate: Estimate) -> str:
    return _("Good-faith estimate") if estimate.kind == Estimate.Kind.GOOD_FAITH else _("What your care will cost")


def _lead(estimate: Estimate) -> str:
    if estimate.kind == Estimate.Kind.GOOD_FAITH:
        return _("What your care is expected to cost when you pay for it yourself.")
    return _("What we expect you to pay with %(payer)s, by what it has told us.") % {
        "payer": ", ".join(estimate.basis["payers"])
    }


def _made_on(estimate: Estimate) -> date:
    return estimate.site.local(estimate.made_at).date()


def _facts(paper: Paper, estimate: Estimate) -> None:
    patient, basis = estimate.patient, estimate.basis
    practice, provider = basis["practice"], basis["provider"]
    rows = [
        (_("Patient"), patient.legal_name),
        (_("Born"), words.day_of(patient.birth_date)),
        (_("Diagnosis code"), basis["diagnosis_code"] or _("Not known yet")),
        (_("Provider and facility"), practice["name"]),
        (_("Address"), "\n".join(part for part in (practice["address"], phones.shown(practice["phone"])) if part)),
        (_("National provider identifier (NPI)"), practice["npi"] or _("On request")),
        (_("Taxpayer number (TIN)"), identifiers.shown_tax_id(practice["tax_id"]) or _("On request")),
        (_("Treating provider"), _signed(provider or {})),
        (_("Date of this estimate"), words.day_of(_made_on(estimate))),
        (_("For services"), _("%(first)s to %(last)s")
         % {"first": words.day_of(estimate.first_on), "last": words.day_of(estimate.last_on)}),
        (_("What it is for"), summary(estimate)),
    ]  # fmt: skip
    paper.pairs([(label, value) for label, value in rows if value], x=paper.l_margin, width=paper.epw, size=9)
    paper.ln(3)


def _signed(provider: dict[str, str]) -> str:
    """“Amara Obi, MD, NPI 1999000916”, by name: the order of stored keys is the database's own."""
    return ", NPI ".join(part for part in (provider.get("name"), provider.get("npi")) if part)


def summary(estimate: Estimate) -> str:
    """“An evaluation, 6 infusions, 3 therapy sessions and 2 boosters”."""
    basis = estimate.basis
    sessions, boosters = len(basis["sessions"]), basis["boosters"]
    parts = [
        _("an evaluation") if basis["evaluation"] else "",
        ngettext("%(n)s infusion", "%(n)s infusions", basis["count"]) % {"n": basis["count"]},
        ngettext("%(n)s therapy session", "%(n)s therapy sessions", sessions) % {"n": sessions} if sessions else "",
        ngettext("%(n)s booster", "%(n)s boosters", boosters) % {"n": boosters} if boosters else "",
    ]
    text = ", ".join(part for part in parts if part)
    return text[:1].upper() + text[1:]


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def shown(line: dict[str, Any]) -> dict[str, str]:
    """One stored line as words."""
    service = words.service(line["service"], line["number"])
    own = words.label(line)
    within = line["whys"] and line["whys"][0][0] == "in_package"
    return {
        "on": words.short_day(line["on"]),
        "what": own if line["service"] in {"series", "evaluation"} else f"{service}: {own}",
        "code": line["code"],
        "charge": _("in the package") if within else words.money(line["charge"]),
        "share": "–" if within else words.share(_amount(line["share_from"]), Decimal(line["share_to"])),
        "why": words.sentences(line["whys"]),
    }


def _table(paper: Paper, estimate: Estimate) -> None:
    """Each expected charge by itself; with a plan, what the patient pays of it, and why."""
    plan = estimate.kind == Estimate.Kind.PLAN
    paper.say(_("Expected charges"), 11, bold=True, gap=1)
    heads = [_("Day"), _("Service"), _("Code"), _("Charge"), _("You pay"), _("Why")]
    last = paper.epw - sum(WIDTHS)
    widths = [*WIDTHS, last] if plan else [*WIDTHS[:1], WIDTHS[1] + WIDTHS[4] + last, *WIDTHS[2:4]]
    paper.row(heads if plan else heads[:4], widths, bold=True, shade=True)
    for line in estimate.lines:
        text = shown(line)
        cells = [text["on"], text["what"], text["code"], text["charge"]]
        if plan:
            cells += [text["share"], text["why"]]
        elif line["whys"][0][0] not in {"self_pay", "in_package"}:
            cells[1] += f". {text['why']}"
        paper.wrapped(cells, widths, size=7.5)
    paper.ln(2)


def _sum(paper: Paper, estimate: Estimate) -> None:
    total = words.money(estimate.total)
    if estimate.kind == Estimate.Kind.GOOD_FAITH:
        paper.say(_("Expected charges in all: %(total)s") % {"total": total}, 12, bold=True, gap=2)
        return
    share = words.share(estimate.share_from, estimate.share_to)
    paper.say(_("You pay in all: %(share)s, of charges of %(total)s") % {"share": share, "total": total}, 12, bold=True)
    paper.ln(2)


def _notes(paper: Paper, estimate: Estimate) -> None:
    texts = [words.sentence(name, values) for name, values in estimate.basis["notes"]]
    package = estimate.basis["package"]
    if package:
        spanish = translation.get_language() == "es"
        name = (package["name_es"] if spanish else "") or package["name"]
        terms = (package["terms_es"] if spanish else "") or package["terms"]
        texts.append(f"{name}: {terms}")
    for text in texts:
        paper.say(text, 9, gap=1)


def _part(paper: Paper, heading: str, texts: list[str]) -> None:
    if paper.will_page_break(16 + 5 * len(texts)):
        paper.add_page()
    paper.ln(2)
    paper.say(heading, 11, bold=True, gap=0.8)
    for text in texts:
        paper.say(text, 9, gap=1.2)


def rights(estimate: Estimate) -> Iterator[tuple[str, list[str]]]:
    """The disclaimers and rights of 45 CFR 149.610(c)(1)(v) to (x), in our own plain words."""
    call = phones.shown(estimate.basis["practice"]["phone"])
    change = _("If what is planned changes, we give you a new estimate.")
    if estimate.kind == Estimate.Kind.PLAN:
        yield (
            _("What this estimate is"),
            [
                _("It is an estimate by what your plan has told us. Your plan decides when it gets the bill."),
                change,
            ],
        )
        return
    yield (
        _("What this estimate is"),
        [
            _("It lists what we can reasonably expect today. It is no contract, and you need not get these services."),
            _("The actual charges may differ, if something else turns out to be needed."),
            _("We may recommend further services that are planned or billed apart and do not stand here."),
            _("Charges of others, like a laboratory or a pharmacy that bills you itself, are not in it."),
            change,
        ],
    )
    yield _("If you are billed more"), [
        _(
            "If you are billed at least $400 more than this estimate, you may dispute the bill. "
            "Ask us first: we may correct it, agree on the estimate, or find help to pay it."
        ),
        _(
            "You may also start the patient-provider dispute process of the U.S. Department of Health and Human "
            "Services within 120 days of the date of the bill. There is a $25 fee. If the reviewer agrees with you, "
            "you pay what stands here; if not, what was billed."
        ),
        _("Starting a dispute does not lower the quality of your care."),
        _("To learn more, or to get the form: %(site)s, or 1-800-985-3059. Keep this estimate.") % {"site": CMS},
        _("Questions about it? Call us: %(phone)s") % {"phone": call} if call else "",
    ]  # fmt: skip
