"""A signed consent on paper: the exact text, the signature as it was drawn, and how it came about. In its language."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

from django.utils import formats, translation
from django.utils.translation import gettext as _

from clinic import clock
from clinic.documents.sheets import blank
from patients import consents, signatures
from patients.models import Consent

if TYPE_CHECKING:
    from clinic.documents.paper import Paper

SIGNED_WIDTH = 70.0  # mm
SIDE = 21.0  # mm; a line of about 95 letters, which can be read
LOCALES = {"en": "en-US", "es": "es-US"}


def make(consent: Consent) -> bytes:
    """The paper of one consent."""
    with translation.override(consent.language):
        return _made(consent)


def _made(consent: Consent) -> bytes:
    patient, site, now = consent.patient, consent.patient.site, clock.now()
    paper = blank(
        head=f"{site.name}, {patient.legal_name}, {patient.mrn}",
        foot=_("Printed %(when)s. Text version %(version)s.")
        % {"when": _moment(site.local(now)), "version": consent.version},
        made=now,
    )
    paper.set_lang(LOCALES.get(consent.language, "en-US"))
    paper.set_margins(SIDE, 12, SIDE)
    paper.add_page()
    paper.ln(3)
    text = consents.signed_text(consent)
    for kind, words in consents.blocks(text.text) if text else []:
        _block(paper, kind, words)
    if text is None:
        paper.say(_("The text of this version is not here; its fingerprint is kept below."), 10, bold=True, gap=2)
    _signature(paper, consent)
    return paper.made()


def _block(paper: Paper, kind: str, words: str) -> None:
    if kind == "title":
        paper.say(words, 16, bold=True, gap=2)
    elif kind == "heading":
        paper.ln(2)
        if paper.will_page_break(18):
            paper.add_page()
        paper.say(words, 11, bold=True, gap=0.8)
    else:
        paper.say(words, 10, gap=1.6)


def _signature(paper: Paper, consent: Consent) -> None:
    facts = list(_facts(consent))
    height = SIGNED_WIDTH * signatures.HEIGHT / signatures.WIDTH if consent.png else 0.0
    if paper.will_page_break(height + 5 * len(facts) + 14):
        paper.add_page()
    paper.ln(5)
    paper.say(_("Signature"), 12, bold=True, gap=1.5)
    if consent.png:
        left, top = paper.l_margin + paper.c_margin, paper.get_y()
        paper.image(BytesIO(bytes(consent.png)), x=left, y=top, w=SIGNED_WIDTH, alt_text=consent.signer_name)
        paper.rect(left, top, SIGNED_WIDTH, height)  # after the picture, whose white would cover it
        paper.set_y(top + height + 3)
    elif consent.method == consents.Method.TYPED:
        paper.say(consent.signer_name, 16, gap=2)
    paper.pairs(facts, x=paper.l_margin, width=paper.epw, size=9)


def _facts(consent: Consent) -> list[tuple[str, str]]:
    site, patient = consent.patient.site, consent.patient
    rows = [
        (_("Signed by"), consent.signer_name),
        (_("For the patient, as"), consent.relation),
        (_("Patient"), f"{patient.legal_name}, {patient.mrn}"),
        (_("How"), str(_how(consent))),
        (_("When"), _moment(site.local(consent.observed_at))),
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
    """A day and a time as they are written in the language, and by which clock."""
    return f"{formats.date_format(when, 'DATE_FORMAT')}, {formats.date_format(when, 'TIME_FORMAT')} {when:%Z}"
