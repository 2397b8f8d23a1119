"""Who and where: what the references of other resources lead to."""

from clinic.models import Site, User
from insurance.models import Payer
from journey.fhir.codes import NPI, OURS
from journey.fhir.parts import Json, clean, made, ref, term, us_phone


def practitioner(one: User) -> Json:
    return made(
        "Practitioner",
        one.pk,
        profile="us-core-practitioner" if one.npi else "",
        identifier=[{"system": NPI, "value": one.npi}] if one.npi else None,
        active=one.is_active,
        name=[{"text": one.signs_as, "family": one.full_name.split()[-1]}],
    )


def site(one: Site) -> Json:
    """The practice at one address, as an Organization."""
    return made(
        "Organization",
        one.pk,
        profile="us-core-organization",
        identifier=[{"system": NPI, "value": one.npi}] if one.npi else None,
        active=one.is_active,
        type=[term("organization-type", "prov", "Healthcare Provider")],
        name=one.bills_as or one.name,
        telecom=[us_phone(one.phone, "work")] if one.phone else None,
        address=[_address(one)] if _address(one) else None,
    )


def payer(one: Payer) -> Json:
    return made(
        "Organization",
        one.pk,
        profile="us-core-organization",
        identifier=[{"system": f"{OURS}/payer-id", "value": one.payer_id}] if one.payer_id else None,
        active=one.is_active,
        type=[term("organization-type", "pay", "Payer")],
        name=one.name,
        telecom=[us_phone(one.phone, "work")] if one.phone else None,
    )


def location(one: Site) -> Json:
    return made(
        "Location",
        one.pk,
        profile="us-core-location",
        status="active" if one.is_active else "inactive",
        name=one.name,
        telecom=[us_phone(one.phone, "work")] if one.phone else None,
        address=_address(one),
        managingOrganization=ref("Organization", one.pk),
    )


def _address(one: Site) -> Json:
    line = [one.address] if one.address else None
    return clean({"line": line, "city": one.city, "state": one.state, "postalCode": one.postal_code})
