"""A booked visit as Appointment; one that took place, or does so now, as Encounter too, under the same id."""

from clinic.models import User
from journey.fhir.codes import INFUSION, OURS, PSYCHOTHERAPY, TERMS
from journey.fhir.parts import Json, clean, coding, concept, instant, made, person, ref, span
from visits.models import Appointment

STATUS = {
    "booked": "booked",
    "confirmed": "booked",
    "arrived": "arrived",
    "in_progress": "checked-in",
    "done": "fulfilled",
    "cancelled": "cancelled",
    "no_show": "noshow",
}
TAKING_PLACE = {"arrived": "arrived", "in_progress": "in-progress", "done": "finished"}
BY = {"patient": "pat", "clinic": "prov"}


def _kind(one: Appointment, *, clinical: bool) -> Json:
    codes = [(f"{OURS}/visit", one.kind, str(one.get_kind_display()))]
    if clinical and one.kind in Appointment.INFUSIONS:
        codes.append(INFUSION)
    if clinical and one.kind in Appointment.THERAPY:
        codes.append(PSYCHOTHERAPY)
    return concept(*codes, text=str(one.get_kind_display()))


def appointment(one: Appointment) -> Json:
    """When and where, for everybody who sees the schedule; never why. Wants the holds of people and the group."""
    there = "accepted" if one.status not in {"cancelled", "no_show"} else "declined"
    people = [{"actor": person(each), "status": there} for each in _people(one, active=True)]
    cancelled = BY.get(one.cancelled_by_party)
    return made(
        "Appointment",
        one.pk,
        changed=getattr(one, "changed", None),
        status=STATUS[one.status],
        cancelationReason=concept((f"{TERMS}/appointment-cancellation-reason", cancelled, "")) if cancelled else None,
        serviceType=[_kind(one, clinical=False)],
        start=instant(one.starts_at),
        end=instant(one.ends_at),
        created=instant(one.booked_at),
        participant=[
            {"actor": ref("Patient", one.patient_id), "status": there},
            *_once(people),
            {"actor": ref("Location", one.site_id), "status": there},
        ],
    )


def _people(one: Appointment, *, active: bool = False) -> list[User]:
    """Who is there with the patient; of a group the one who leads it, whom the group holds once for all."""
    held = [hold.staff for hold in one.holds.all() if hold.staff and (hold.active or not active)]
    return [*held, one.group.therapist] if one.group else held


def _once(people: list[Json]) -> list[Json]:
    return list({each["actor"]["reference"]: each for each in people}.values())


def encounter(one: Appointment) -> Json:
    """Its period ends when the visit was to end: that is all the schedule knows."""
    people: list[Json] = [{"individual": person(each)} for each in _people(one)]
    return made(
        "Encounter",
        one.pk,
        profile="us-core-encounter",
        changed=getattr(one, "changed", None),
        status=TAKING_PLACE[one.status],
        **{"class": coding((f"{TERMS}/v3-ActCode", "AMB", "ambulatory"))},
        type=[_kind(one, clinical=True)],
        subject=ref("Patient", one.patient_id),
        participant=list({each["individual"]["reference"]: each for each in people}.values()),
        appointment=[ref("Appointment", one.pk)],
        period=span(one.arrived_at, one.ends_at if one.status == "done" else None),
        location=[clean({"location": ref("Location", one.site_id)})],
        serviceProvider=ref("Organization", one.site_id),
    )
