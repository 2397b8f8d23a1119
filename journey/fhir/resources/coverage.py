from insurance.models import Coverage
from journey.fhir.codes import TERMS
from journey.fhir.parts import Json, clean, concept, day, days, extension, made, ref, term


def coverage(one: Coverage) -> Json:
    """Wants `payer`. `active` says that the plan was not taken back; whether it holds today its period says."""
    member = {"type": concept((f"{TERMS}/v2-0203", "MB", "Member Number")), "value": one.member_id}
    return made(
        "Coverage",
        one.pk,
        profile="us-core-coverage" if one.member_id else "",
        changed=getattr(one, "changed", None),
        extension=_subscriber(one),
        identifier=[member] if one.member_id else None,
        status="active",
        subscriberId=one.member_id,
        beneficiary=ref("Patient", one.patient_id),
        relationship=term("subscriber-relationship", one.relation, one.get_relation_display()),
        period=days(one.starts_on, one.ends_on),
        payor=[{"reference": f"Organization/{one.payer_id}", "display": one.payer.name}],
        order=one.rank,
        **{"class": _classes(one)},
    )


def _classes(one: Coverage) -> list[Json]:
    pairs = (("group", one.group_number), ("plan", one.plan_name))
    return [{"type": term("coverage-class", kind), "value": value} for kind, value in pairs if value]


def _subscriber(one: Coverage) -> list[Json]:
    """Whose plan it is, where that is somebody else: R4 has no place for a name."""
    said = clean({"valueString": one.subscriber_name})
    born = day(one.subscriber_birth_date)
    return [
        *([extension("subscriber-name", **said)] if said else []),
        *([extension("subscriber-birth-date", valueDate=born)] if born else []),
    ]
