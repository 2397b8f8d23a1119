"""Every type that is served: which records it comes from, which right opens it, and how it is searched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from clinic.models import Site, User
from clinic.policy import Action
from infusions.models import Infusion, Order, Series
from insurance.models import Coverage, Payer
from journey.fhir import codes, observing
from journey.fhir.codes import OURS
from journey.fhir.observing import LIVE
from journey.fhir.resources import (
    allergy,
    care_plan,
    condition,
    coverage,
    medication_request,
    patient,
    questionnaire_response,
    staff,
    treatment,
    visits,
)
from journey.fhir.sources import NOTHING, Condition, Source, coded, column, fixed, state
from journey.fhir.tokens import either, tokens
from patients import names
from patients.fhir_names import BY_ADDRESS
from patients.models import Allergy, MeasureResponse, Medication, Patient
from patients.models import Condition as Diagnosis
from therapy.models import TherapySession
from visits.models import Appointment


@dataclass(frozen=True)
class Kind:
    """One type. `of_patient` ones are searched for one patient at a time, but for what a clinic looks up by day."""

    name: str
    action: Action
    sources: tuple[Source, ...]
    needs_patient: bool = True

    @property
    def of_patient(self) -> bool:
        return bool(self.sources[0].patient)

    @property
    def params(self) -> Mapping[str, str]:
        """The name and type of every parameter that a search takes."""
        own = {name: TYPES.get(name, "token") for source in self.sources for name in source.search}
        dated = {self.date_param: "date"} if any(source.when for source in self.sources) else {}
        whose = {"patient": "reference"} if self.of_patient and self.name != "Patient" else {}
        return {"_id": "token", "_lastUpdated": "date", **whose, **dated, **own}

    @property
    def date_param(self) -> str:
        return "birthdate" if self.name == "Patient" else "date"


TYPES = {"name": "string", "family": "string", "given": "string", "questionnaire": "uri"}


# Patient


def _identified(name: str, text: str) -> Q:
    """By our own number, with its site’s system or without, or by one that another clinic gave."""
    found = NOTHING
    for one in tokens(name, text):
        if one.system is None:
            found |= Q(mrn=one.code) | Q(identifiers__value=one.code)
        elif one.system.startswith(f"{OURS}/sites/"):
            found |= _of_site(one.system, one.code)
        else:
            found |= Q(identifiers__system=one.system, identifiers__value=one.code)
    return Q(pk__in=Patient.objects.filter(found).values("pk"))


def _of_site(system: str, mrn: str) -> Q:
    try:
        return Q(mrn=mrn, site=UUID(system.removeprefix(f"{OURS}/sites/").removesuffix("/mrn")))
    except ValueError:
        return NOTHING


def _family(name: str, text: str) -> Q:
    found = NOTHING
    for part in either(text):
        found |= Q(search_text__startswith=names.fold(part))
    return found


def _given(name: str, text: str) -> Q:
    found = NOTHING
    for part in either(text):
        found |= Q(search_text__contains=f" {names.fold(part)}")
    return found


def _called(name: str, text: str) -> Q:
    return _family(name, text) | _given(name, text)


GENDERS = {each: (each,) for each in ("female", "male", "other", "unknown")}


# What follows from other columns


def _over(name: str) -> Q:
    return Q(**{f"{name}__isnull": False})


CONFIRMED = fixed(("http://terminology.hl7.org/CodeSystem/condition-category", "problem-list-item"))
PROCEDURE = Q(started_at__isnull=False)
HELD = Q(state__in=["held", "documented", "signed"])
GIVEN = ("completed", "recovery", "discharged")


def _questionnaire(name: str, text: str) -> Q:
    asked = set(either(text))
    return Q(instrument__in=[key for address, key in BY_ADDRESS.items() if address in asked])


def _statuses(of: Mapping[str, str]) -> Condition:
    theirs: dict[str, list[str]] = {}
    for ours, word in of.items():
        theirs.setdefault(word, []).append(ours)
    return column("status" if "booked" in of or "arrived" in of else "state", theirs)


INFUSIONS: dict[str, Any] = {
    "rows": PROCEDURE,
    "patient": "series__patient",
    "when": "started_at",
    "related": ("series", "appointment", "nurse", "order"),
}
RUNS = state(in_progress=Q(state="in_progress"), on_hold=Q(state="paused"), stopped=Q(state="stopped_early"),
             completed=Q(state__in=GIVEN))  # fmt: skip
VISITS: dict[str, Any] = {"when": "starts_at", "prefetch": ("holds__staff",), "related": ("group__therapist",)}

KINDS: Mapping[str, Kind] = {
    each.name: each
    for each in (
        Kind(
            "Patient",
            Action.SEE_PATIENTS,
            (
                Source(
                    Patient,
                    patient.patient,
                    when="birth_date",
                    patient="pk",
                    prefetch=("identifiers", "contacts"),
                    search={
                        "identifier": _identified,
                        "name": _called,
                        "family": _family,
                        "given": _given,
                        "gender": column("sex", GENDERS),
                    },
                ),
            ),
            needs_patient=False,
        ),
        Kind(
            "Coverage",
            Action.SEE_COVERAGE,
            (
                Source(
                    Coverage, coverage.coverage, "starts_on", rows=LIVE, related=("payer",),
                    search={"status": fixed(("http://hl7.org/fhir/fm-status", "active"))},
                ),
            ),
        ),
        Kind(
            "Condition",
            Action.SEE_CHART,
            (
                Source(
                    Diagnosis, condition.condition, "onset", rows=LIVE,
                    search={
                        "code": coded,
                        "category": CONFIRMED,
                        "clinical-status": state(active=~_over("abatement"), resolved=_over("abatement")),
                    },
                ),
            ),
        ),
        Kind(
            "MedicationRequest",
            Action.SEE_CHART,
            (
                Source(
                    Order, medication_request.order, "signed_at", patient="series__patient", changed="signed_at",
                    related=("series", "signed_by", "superseded_by"),
                    search={
                        "code": fixed(codes.KETAMINE[:2]),
                        "intent": fixed(("http://hl7.org/fhir/CodeSystem/medicationrequest-intent", "order")),
                        "status": state(
                            stopped=Q(superseded_by__isnull=False),
                            draft=Q(superseded_by=None, needs_second=True, second_signed_at=None),
                            active=Q(superseded_by=None, series__ended_at=None)
                            & ~Q(needs_second=True, second_signed_at=None),
                            completed=Q(superseded_by=None, series__ended_at__isnull=False)
                            & ~Q(needs_second=True, second_signed_at=None),
                        ),
                    },
                ),
                Source(
                    Medication, medication_request.medication, "started", rows=LIVE,
                    search={
                        "code": coded,
                        "intent": fixed(("http://hl7.org/fhir/CodeSystem/medicationrequest-intent", "plan")),
                        "status": state(active=~_over("stopped"), stopped=_over("stopped")),
                    },
                ),
            ),
        ),
        Kind(
            "AllergyIntolerance",
            Action.SEE_CHART,
            (
                Source(
                    Allergy, allergy.allergy, "noted_on", rows=LIVE,
                    search={
                        "code": coded,
                        "clinical-status": fixed(
                            ("http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "active")
                        ),
                    },
                ),
            ),
        ),
        Kind(
            "Appointment",
            Action.SEE_SCHEDULE,
            (
                Source(
                    Appointment, visits.appointment, site="site", search={"status": _statuses(visits.STATUS)}, **VISITS
                ),
            ),
            needs_patient=False,
        ),
        Kind(
            "Encounter",
            Action.SEE_CHART,
            (
                Source(
                    Appointment, visits.encounter, rows=Q(status__in=visits.TAKING_PLACE),
                    search={"status": _statuses(visits.TAKING_PLACE)}, **VISITS,
                ),
            ),
        ),
        Kind(
            "Procedure",
            Action.SEE_CHART,
            (
                Source(
                    Infusion, treatment.infusion, search={"code": fixed(codes.INFUSION[:2]), "status": RUNS},
                    **INFUSIONS,
                ),
                Source(
                    TherapySession, treatment.session, "appointment__starts_at", rows=HELD,
                    related=("appointment", "therapist"),
                    search={
                        "code": fixed(codes.PSYCHOTHERAPY[:2]),
                        "status": fixed(("http://hl7.org/fhir/event-status", "completed")),
                    },
                ),
            ),
        ),
        Kind(
            "MedicationAdministration",
            Action.SEE_CHART,
            (
                Source(
                    Infusion, treatment.administration,
                    search={
                        "code": fixed(codes.KETAMINE[:2]),
                        "status": state(in_progress=Q(given_mg=None), completed=_over("given_mg")),
                    },
                    **INFUSIONS,
                ),
            ),
        ),
        Kind("Observation", Action.SEE_CHART, observing.SOURCES),
        Kind(
            "QuestionnaireResponse",
            Action.SEE_CHART,
            (
                Source(
                    MeasureResponse, questionnaire_response.questionnaire_response, "observed_at",
                    rows=LIVE, changed="entered_at",
                    search={
                        "questionnaire": _questionnaire,
                        "status": fixed(("http://hl7.org/fhir/questionnaire-answers-status", "completed")),
                    },
                ),
            ),
        ),
        Kind(
            "CarePlan",
            Action.SEE_CHART,
            (
                Source(
                    Series, care_plan.care_plan, "opened_at", related=("opened_by",),
                    prefetch=("infusions", "therapy_sessions__appointment"),
                    search={
                        "category": fixed(
                            ("http://hl7.org/fhir/us/core/CodeSystem/careplan-category", "assess-plan")
                        ),
                        "status": _statuses(care_plan.STATUS),
                    },
                ),
            ),
        ),
        Kind(
            "Practitioner",
            Action.SEE_SCHEDULE,
            (Source(User, staff.practitioner, patient="", site="memberships__site"),),
            needs_patient=False,
        ),
        Kind(
            "Organization",
            Action.SEE_SCHEDULE,
            (Source(Site, staff.site, patient="", site="pk"), Source(Payer, staff.payer, patient="")),
            needs_patient=False,
        ),
        Kind(
            "Location",
            Action.SEE_SCHEDULE,
            (Source(Site, staff.location, patient="", site="pk"),),
            needs_patient=False,
        ),
    )
}  # fmt: skip

RECORD = tuple(kind for kind in KINDS.values() if kind.of_patient)
"""What belongs to a patient, in the order of a whole record."""
