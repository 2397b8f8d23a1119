"""A referral on paper: to whom, about whom, why, what was chosen to be shared, and who signs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clinic import clock
from clinic.documents.sheets import blank
from clinic.models import User
from patients import phones
from therapy.models import Referral
from therapy.referral_letter import Letter

if TYPE_CHECKING:
    from therapy.referrals import Typed

NOTICE = (
    "Confidential health information, for the recipient named above alone. It does not include psychotherapy notes. "
    "If it reached you by mistake, please call us and destroy it."
)


def make(letter: Letter, typed: Typed, *, by: User, is_draft: bool = False) -> bytes:
    """The letter as it is signed now; a draft says on every page that it is one."""
    patient, now = letter.patient, clock.now()
    site = patient.site
    today = site.local(now)
    signed = f"Signed by {by.signs_as}, {today:%Y-%m-%d %H:%M} ({site.time_zone})."
    paper = blank(
        head=f"{'DRAFT, not signed. ' if is_draft else ''}{site.name}, referral of {patient.legal_name}, {patient.mrn}",
        foot="Draft: nothing was signed or sent." if is_draft else f"{signed} Confidential health information.",
        made=now,
    )
    paper.add_page()
    where = ", ".join(part for part in (site.address, site.city, f"{site.state} {site.postal_code}".strip()) if part)
    paper.say("  ".join(part for part in (site.name, where, phones.shown(site.phone) if site.phone else "") if part), 9)
    paper.say(f"{today.day} {today:%B %Y}", 9, soft=True, gap=4)
    paper.say(typed.recipient, 11, bold=True)
    if typed.address:
        paper.say(typed.address, 9.5)
    paper.ln(4)
    kind = Referral.Kind(typed.kind)
    paper.say("Referral" if kind == Referral.Kind.OTHER else f"Referral: {kind.label}", 15, bold=True)
    called = f", called {patient.preferred_name}" if patient.preferred_name else ""
    paper.say(f"{patient.legal_name}{called}, born {patient.birth_date:%Y-%m-%d}, MRN {patient.mrn}", 10, gap=3)
    paper.say("Why we write", 10, bold=True)
    paper.say(typed.reason, 9.5, gap=3)
    for section in letter.sections:
        paper.say(section.heading, 10, bold=True)
        paper.pairs(section.rows, x=paper.l_margin, width=paper.epw, size=9)
        paper.ln(2.5)
    if typed.words:
        paper.say("Besides", 10, bold=True)
        paper.say(typed.words, 9.5, gap=3)
    paper.say(by.signs_as if not is_draft else f"{by.signs_as} (not signed yet)", 10, bold=True)
    paper.say(_ground(typed), 8.4, soft=True, gap=1)
    paper.say(NOTICE, 8.4, soft=True)
    return paper.made()


def _ground(typed: Typed) -> str:
    if typed.consent_on:
        return f"Shared with the patient’s written consent of {typed.consent_on:%Y-%m-%d}."
    return "Shared for treatment by the recipient (45 CFR 164.506(c))."
