"""The paper of a released psychotherapy note: that one version, and on what authorization it went out."""

from __future__ import annotations

from datetime import datetime

from django.views.decorators.debug import sensitive_variables

from clinic import clock
from clinic.documents.sheets import blank
from therapy.models import ReleaseAuthorization

WARNING = (
    "Psychotherapy note (45 CFR 164.501). Released on the patient’s specific authorization to the recipient "
    "named here, for the purpose named here, and for nothing else."
)


@sensitive_variables()
def release_pdf(one: ReleaseAuthorization, written_at: datetime, text: str) -> bytes:
    note = one.note
    patient, site = note.patient, note.patient.site
    paper = blank(head=f"{site.name} · psychotherapy note", foot="Released once, on authorization", made=clock.now())
    paper.add_page()
    paper.say("Psychotherapy note", 15, bold=True, gap=2)
    paper.say(WARNING, 8, soft=True, gap=3)
    signer = f"{one.signer_name}, {one.relation}" if one.relation else one.signer_name
    facts = [
        ("Patient", f"{patient.legal_name}, born {patient.birth_date:%-d %b %Y}"),
        ("Released to", one.recipient),
        ("For", one.purpose),
        ("Authorized by", f"{signer}, {one.signed_on:%-d %b %Y}; valid until {one.expires_on:%-d %b %Y}"),
        ("Author", note.author.signs_as),
        ("Version", f"{one.version}, of {site.local(written_at):%-d %b %Y, %H:%M}"),
        ("Released", f"{site.local(clock.now()):%-d %b %Y, %H:%M}"),
    ]
    paper.pairs(facts, x=paper.l_margin, width=paper.epw)
    paper.ln(3)
    paper.say(text, 10)
    return paper.made()
