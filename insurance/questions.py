"""What a 270 asks about one plan, out of what is on file; and what has to be on file before it can be asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from clinic.errors import Invalid
from insurance.models import Coverage
from insurance.x12 import codes
from insurance.x12.inquiry import Person, Question
from insurance.x12.letters import Unwritable, written

LONGEST_RECEIVER = 15  # ISA08


@dataclass(frozen=True)
class Ask:
    """One plan, and the parts of its benefits that are asked for."""

    coverage: Coverage
    legs: tuple[str, ...]

    @property
    def service_types(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(code for leg in self.legs for code in codes.ASKED[leg]))


def refuse_unready(ask: Ask) -> None:
    """Say all that is missing at once. Raises Invalid."""
    coverage, site = ask.coverage, ask.coverage.patient.site
    wrong: dict[str, str] = {}
    if not site.npi:
        wrong["npi"] = f"{site.name} has no NPI yet. The clinic admin writes it on the site’s page."
    if len(coverage.payer.payer_id.strip()) < 2:
        wrong["payer_id"] = f"{coverage.payer} has no electronic payer id. Write it on the payer’s page."
    elif not settings.X12_RECEIVER_ID and len(coverage.payer.payer_id.strip()) > LONGEST_RECEIVER:
        wrong["payer_id"] = f"The payer id of {coverage.payer} is longer than {LONGEST_RECEIVER} signs. Correct it."
    if not coverage.member_id.strip():
        wrong["member_id"] = "The plan has no member id. Write it as it stands on the card."
    if coverage.relation != Coverage.Relation.SELF and len(coverage.subscriber_name.split()) < 2:
        wrong["subscriber_name"] = "The plan is somebody else’s. Write the subscriber’s given and family name."
    for value in (coverage.member_id, coverage.payer.payer_id, *_names(coverage)):
        wrong |= _unwritable(value)
    if wrong:
        raise Invalid(wrong)


def _names(coverage: Coverage) -> Iterable[str]:
    patient = coverage.patient
    own = coverage.relation == Coverage.Relation.SELF
    yield coverage.payer.name
    yield coverage.subscriber_name
    if not (own and coverage.subscriber_name.strip()):
        yield from (patient.given_name, patient.family_name)


def _unwritable(value: str) -> dict[str, str]:
    try:
        if value.strip() and not written(value, 60):
            raise Unwritable(value)
    except Unwritable:
        return {"letters": f"Payers’ systems have no letters for “{value}”. Write the name as on the card."}
    return {}


def question(ask: Ask, trace: str) -> Question:
    """The transaction that asks, by the names that stand on the card where they are on file."""
    coverage, patient = ask.coverage, ask.coverage.patient
    site, own = patient.site, coverage.relation == Coverage.Relation.SELF
    middle = patient.middle_name
    person = Person(patient.family_name, patient.given_name, middle, patient.birth_date, patient.sex)
    subscriber = person
    if coverage.subscriber_name.strip():
        family, given = _split(coverage.subscriber_name)
        born, sex = (patient.birth_date, patient.sex) if own else (coverage.subscriber_birth_date, "")
        subscriber = Person(family or person.family_name, given, "", born, sex)
    return Question(
        trace=trace,
        payer_name=coverage.payer.name,
        payer_id=coverage.payer.payer_id,
        provider_name=site.bills_as or site.name,
        npi=site.npi,
        company_id=f"1{site.tax_id}" if site.tax_id else f"9{site.npi[:9]}",
        member_id=coverage.member_id,
        subscriber=subscriber,
        on=site.today(),
        service_types=ask.service_types,
        dependent=None if own else person,
        relation=coverage.relation,
    )


def _split(name: str) -> tuple[str, str]:
    """Family and given name of “Maya Ortiz” or “Ortiz, Maya”."""
    if "," in name:
        family, _, given = name.partition(",")
    else:
        given, _, family = name.strip().rpartition(" ")
    return family.strip(), given.strip()
