from journey.fhir.codes import OURS, TERMS, US_CORE
from journey.fhir.parts import Json, clean, concept, day, extension, made, ref, us_phone
from patients.models import Contact, Patient

PRONOUNS = "http://hl7.org/fhir/StructureDefinition/individual-pronouns"
BIRTH_SEX = {"female": "F", "male": "M", "other": "OTH", "unknown": "UNK"}
LANGUAGES = {"en": "English", "es": "Spanish"}


def patient(one: Patient) -> Json:
    """Wants `identifiers` and `contacts` prefetched."""
    return made(
        "Patient",
        one.pk,
        profile="us-core-patient",
        changed=getattr(one, "changed", None),
        extension=_extensions(one),
        identifier=_identifiers(one),
        active=one.deceased_on is None,
        name=_names(one),
        telecom=_telecom(one),
        gender=one.sex,
        birthDate=day(one.birth_date),
        deceasedDateTime=day(one.deceased_on),
        address=[address] if (address := _address(one)) else None,
        contact=[_contact(each) for each in one.contacts.all() if each.is_active],
        communication=[_language(one.language)],
        managingOrganization=ref("Organization", one.site_id),
    )


def _extensions(one: Patient) -> list[Json]:
    sex = [extension(f"{US_CORE}/us-core-birthsex", valueCode=BIRTH_SEX[one.sex])]
    if not one.pronouns:
        return sex
    said = extension(PRONOUNS, extension=[{"url": "value", "valueCodeableConcept": {"text": one.pronouns}}])
    return [*sex, said]


def _identifiers(one: Patient) -> list[Json]:
    """Our number first, in a system of its own for each site, so that no two clinics’ numbers meet."""
    ours = {
        "use": "usual",
        "type": concept((f"{TERMS}/v2-0203", "MR", "Medical record number")),
        "system": f"{OURS}/sites/{one.site_id}/mrn",
        "value": one.mrn,
    }
    return [ours, *({"system": each.system, "value": each.value} for each in one.identifiers.all())]


def _names(one: Patient) -> list[Json]:
    given = [one.given_name, *one.middle_name.split()]
    official = {"use": "official", "family": one.family_name, "given": given}
    return [official, *([{"use": "nickname", "given": [one.preferred_name]}] if one.preferred_name else [])]


def _telecom(one: Patient) -> list[Json]:
    email = {"system": "email", "value": one.email} if one.email else None
    every = (us_phone(one.phone, "mobile"), us_phone(one.phone_other, "home"), email)
    return [each for each in every if each]


def _address(one: Patient) -> Json:
    return clean(
        {
            "line": [one.address] if one.address else None,
            "city": one.city,
            "state": one.state,
            "postalCode": one.postal_code,
        }
    )


def _language(code: str) -> Json:
    return {"language": concept(("urn:ietf:bcp:47", code, LANGUAGES.get(code, ""))), "preferred": True}


def _contact(one: Contact) -> Json:
    codes = [(f"{OURS}/contact", one.kind, one.get_kind_display())]
    if one.kind == Contact.Kind.EMERGENCY:
        codes.append((f"{TERMS}/v2-0131", "C", "Emergency Contact"))
    return clean(
        {
            "relationship": [concept(*codes, text=one.relation)],
            "name": {"text": one.name},
            "telecom": [{"system": "phone", "value": one.phone}] if one.phone else None,
        }
    )
