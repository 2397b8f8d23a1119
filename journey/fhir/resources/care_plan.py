from infusions.models import Infusion, Series
from journey.fhir.parts import Json, concept, made, narrative, person, ref, span
from therapy.models import TherapySession

STATUS = {
    "planned": "active",
    "active": "active",
    "suspended": "on-hold",
    "completed": "completed",
    "stopped": "revoked",
}
DONE = frozenset({"completed", "stopped_early", "recovery", "discharged"})


def care_plan(one: Series) -> Json:
    """A loading series or maintenance, and how far it is. Wants infusions and sessions prefetched."""
    infusions = sorted(
        (each for each in one.infusions.all() if each.number), key=lambda each: (each.number or 0, each.pk)
    )
    sessions = list(one.therapy_sessions.all())
    steps: list[Infusion | TherapySession] = [*infusions, *sessions]
    title = str(one.get_kind_display())
    lines = [f"Goal: {one.goals}"] if one.goals else []
    lines += [f"{each}: {str(each.get_state_display()).lower()}" for each in steps]
    return made(
        "CarePlan",
        one.pk,
        profile="us-core-careplan",
        changed=getattr(one, "changed", None),
        text=narrative(title, lines),
        status=STATUS[one.state],
        intent="plan",
        category=[concept(("http://hl7.org/fhir/us/core/CodeSystem/careplan-category", "assess-plan", ""))],
        title=title,
        description=one.goals,
        subject=ref("Patient", one.patient_id),
        period=span(one.opened_at, one.ended_at),
        author=person(one.opened_by),
        activity=[*(_infusion(each) for each in infusions), *(_session(each) for each in sessions)],
    )


def _infusion(one: Infusion) -> Json:
    state = "completed" if one.state in DONE else "in-progress" if one.state in Infusion.IN_HOUSE else "scheduled"
    return _activity(str(one), state, one.appointment_id)


def _session(one: TherapySession) -> Json:
    states = {"planned": "scheduled", "missed": "cancelled", "moved": "cancelled"}
    return _activity(str(one), states.get(one.state, "completed"), one.appointment_id)


def _activity(words: str, status: str, visit: object) -> Json:
    kind = "Appointment" if visit else "ServiceRequest"
    return {"detail": {"kind": kind, "status": status, "description": words}}
