"""What the demo clinic's insurance desk did: numbers that payers ask for, and the oldest visits coded for the bill."""

from __future__ import annotations

from clinic import identifiers
from clinic.models import User
from clinic.place import directory, people
from clinic.policy import Role
from insurance import charges, payers
from insurance.charges import Line
from insurance.models import Payer
from journey import coding
from journey.demo.cast import House

NDC = "42023-115-10"
CODED = 10


def numbers(house: House) -> None:
    """The practice and those who treat get the numbers that a bill names (invented; their check digits hold)."""
    admin = house.one(Role.CLINIC_ADMIN)
    place = 1 + len(house.site.code)
    directory.edit_site(
        site_id=house.site.pk, npi=_npi(1000 + place), tax_id=f"93{place:07}",
        bills_as=f"{house.site.name} Clinic PLLC", by=admin,
    )  # fmt: skip
    treating = User.objects.filter(memberships__site=house.site, memberships__role__in=(Role.PROVIDER, Role.THERAPIST))
    for serial, person in enumerate(treating.filter(npi="").distinct().order_by("email"), start=10 * place):
        people.edit_person(
            user_id=person.pk, full_name=person.full_name, signature_name=person.signature_name,
            licence=person.licence, npi=_npi(serial), by=admin,
        )  # fmt: skip


def addresses(house: House) -> None:
    """Payers get the ids by which a clearing house finds them (invented)."""
    desk = house.one(Role.INSURANCE_ADMIN)
    for serial, payer in enumerate(Payer.objects.filter(payer_id="").order_by("name"), start=1):
        payers.keep(site=house.site, payer=payer.pk, name=payer.name, payer_id=f"DEMO{serial}", by=desk)


def _npi(serial: int) -> str:
    """A number of the right shape that belongs to nobody we know of."""
    for digit in range(10):
        try:
            return identifiers.npi(f"1999{serial:05}{digit}")
        except ValueError:
            continue
    raise AssertionError("One digit of ten always fits.")


def bill(house: House) -> int:
    """Code the oldest visits as the record suggests. Answers how many."""
    desk = house.one(Role.INSURANCE_ADMIN)
    oldest = list(coding.done(house.site, coded=False)[:CODED])
    for visit in oldest:
        service = coding.service(visit)
        prices = coding.prices(service)
        lines = [
            Line(told.code, told.units, told.modifier, prices.get(told.code), suggestion=place)
            for place, told in enumerate(service.suggestions)
        ]
        charges.accept(
            service=service, seen=service.digest, lines=lines, diagnosis_codes=service.diagnosis_codes, by=desk,
            not_billed="" if lines else "Nothing to bill.",
        )  # fmt: skip
    return len(oldest)
