"""Taking a signature under a text: the same for the staff's page and for the pages that a patient opens by a link."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import HttpRequest

from clinic.errors import Invalid
from clinic.models import User
from patients import consents
from patients.consents import ConsentText
from patients.forms.signing import SignatureForm
from patients.models import Consent, Patient, PatientLink
from patients.throttle import address_of


@dataclass(frozen=True)
class Signing:
    """One text with its form. Once signed, `consent` is the signature, and the page goes on."""

    text: ConsentText
    form: SignatureForm
    consent: Consent | None = None

    @property
    def blocks(self) -> list[tuple[str, str]]:
        return consents.blocks(self.text.text)

    @property
    def status(self) -> int:
        return 422 if self.form.errors else 200


def take(
    request: HttpRequest,
    *,
    patient: Patient,
    kind: str,
    language: str,
    by: User | None = None,
    link: PatientLink | None = None,
    blank: bool = False,
) -> Signing:
    """The text of a kind to read and sign; a POST signs it, or says what is missing and keeps what was given.

    `language` is that in which the text is shown; the page includes `patients/_signature.html` with `signing`. A
    `blank` form leaves aside what was sent, for a page with another form on it.
    """
    text = consents.text_of(kind, language)
    form = SignatureForm(None if blank else request.POST or None, patient=patient, wording=text)
    signing = Signing(text, form)
    if not form.is_valid():
        return signing
    given = replace(
        form.signature,
        address=None if (address := address_of(request)) == "unknown" else address,
        device=request.headers.get("User-Agent", ""),
    )
    try:
        consent = consents.sign(
            patient_id=patient.pk,
            kind=kind,
            text_sha256=form.cleaned_data["text"],
            signature=given,
            by=by,
            link=link,
            channels=form.cleaned_data.get("channels", []),
        )
    except Invalid as error:
        form.refuse(error)
        return signing
    return replace(signing, consent=consent)
