"""A signed consent on paper: the exact text, the signature as it was drawn, and how it came about. In its language."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

from django.utils import formats, translation
from django.utils.translation import gettext as _

from clinic import clock
from clinic.documents.paper import Paper
from patients import consents, signatures
from patients.models import Consent

SIGNED_WIDTH = 70.0  # mm
LOCALES = {"en": "en-US", "es": "es-US"}


def make(consent: Consent) -> bytes:
    """The paper of one consent."""
    with translation.override(consent.language):
        return _made(consent)


def _made(consent: Consent) -> bytes:
    patient, site, now = consent.patient, consent.patient.site, clock.now()
    paper = Paper(
        head=f"{site.name}, {patient.legal_name}, {patient.mrn}",
        foot=_("Printed %(when)s. Text version %(version)s.")
        % {"when": _moment(site.local(now)), "version": consent.version},
        made=now,
    )
    paper.set_lang(LOCALES.get(consent.language, "en-US"))
    paper.add_page()
    text = consents.signed_text(consent)
    for kind, words in consents.blocks(text.text) if text else []:
        _block(paper, kind, words)
    if text is None:
        paper.say(_("The text of this version is not here; its fingerprint is kept below."), 10, bold=True, gap=2)
    _signature(paper, consent)
    return paper.made()


def _block(paper: Paper, kind: str, words: str) -> None:
    if kind == "title":
        paper.say(words, 15, bold=True, gap=1.5)
    elif kind == "heading":
        paper.ln(1.2)
        if paper.will_page_break(14):
            paper.add_page()
        paper.say(words, 10.5, bold=True, gap=0.6)
    else:
        paper.say(words, 9.5, gap=1.2)


def _signature(paper: Paper, consent: Consent) -> None:
    facts = list(_facts(consent))
    height = SIGNED_WIDTH * signatures.HEIGHT / signatures.WIDTH if consent.png else 0.0
    if paper.will_page_break(height + 5 * len(facts) + 14):
        paper.add_page()
    paper.ln(3)
    paper.say(_("Signature"), 12, bold=True, gap=1)
    if consent.png:
        top = paper.get_y()
        paper.rect(paper.l_margin, top, SIGNED_WIDTH, height)
        paper.image(BytesIO(bytes(consent.png)), x=paper.l_margin, y=top, w=SIGNED_WIDTH, alt_text=consent.signer_name)
        paper.set_y(top + height + 2)
    paper.pairs(facts, x=paper.l_margin, width=paper.epw, size=8.5)


def _facts(consent: Consent) -> list[tuple[str, str]]:
    site, patient = consent.patient.site, consent.patient
    rows = [
        (_("Signed by"), consent.signer_name),
        (_("For the patient, as"), consent.relation),
        (_("Patient"), f"{patient.legal_name}, {patient.mrn}"),
        (_("How"), str(_how(consent))),
        (_("When"), f"{_moment(site.local(consent.observed_at))} ({site.time_zone})"),
        (_("Before"), consent.witness.signs_as if consent.witness else ""),
        (_("Read aloud or interpreted by"), consent.reader_aid),
        (_("Questions answered"), _("Yes") if consent.questions_answered else ""),
        (_("From address"), consent.address or ""),
        (_("With device"), consent.device),
        (_("Ways to reach you"), "\n".join(word.words for word in consent.contact_words.order_by("channel"))),
        (_("Holds until"), formats.date_format(consent.valid_until, "DATE_FORMAT")),
        (_("Withdrawn"), _moment(site.local(consent.withdrawn_at)) if consent.withdrawn_at else ""),
        (_("Fingerprint of the text (SHA-256)"), consent.text_sha256),
    ]
    return [(label, value) for label, value in rows if value]


def _how(consent: Consent) -> str:
    if consent.method == consents.Method.PAPER:
        return _("On paper")
    drawn = consent.method == consents.Method.DRAWN
    if consent.link_id:
        return _("Drawn on a screen, by a personal link") if drawn else _("Name typed on a screen, by a personal link")
    return _("Drawn on a screen at the clinic") if drawn else _("Name typed on a screen at the clinic")


def _moment(when: datetime) -> str:
    return f"{formats.date_format(when, 'DATE_FORMAT')}, {when:%H:%M}"
