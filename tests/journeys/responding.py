"""Courses for the journeys of response (J4) and of boosters (J6, J12): what was given stands in the tables."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from clinic import clock
from infusions import boosters, orders, response
from infusions.models import DrugVial, Infusion, Series
from insurance import authorizations, coverage
from journey.series import book_booster, book_series
from patients.models import Patient
from tests import build
from tests.infusions import making
from tests.journeys import telling
from tests.journeys.telling import Clinic
from visits.models import Appointment
from visits.planner import Proposal, Slot

DAYS = ("02-02", "02-05", "02-09", "02-12", "02-16", "02-19")
D = Decimal


def given(clinic: Clinic, infusion: Infusion, mg: str) -> Infusion:
    """The infusion ran at its hour, by the order that is in force."""
    order = orders.for_infusion(infusion)
    assert order
    vial = DrugVial.objects.get(label="V-001")
    done = making.give(infusion, order, vial, nurse=clinic.nurse, checker=clinic.second, given_mg=mg)
    _came(infusion)
    return done


def _came(infusion: Infusion) -> None:
    Appointment.objects.filter(pk=infusion.appointment_id).update(
        status="done", arrived_at=infusion.appointment.starts_at
    )


def insured(clinic: Clinic, patient: Patient, *, units: int = 6) -> None:
    plan = coverage.add_coverage(
        patient_id=patient.pk, payer_name="Blue Harbor", member_id="BH 1", starts_on=date(2027, 1, 1), by=clinic.desk
    )
    authorizations.record(
        coverage_id=plan.pk, number="PA 71", codes="96365", units=units, starts_on=date(2027, 2, 2),
        ends_on=date(2027, 3, 1), by=clinic.insurance,
    )  # fmt: skip


def slow(clinic: Clinic) -> Series:
    """J4 up to its fourth infusion: PHQ-9 20, then 19 and 19; 36 mg twice, then 54 mg; the next two are booked."""
    site = clinic.site
    with clinic.at("2027-01-19", "15:00"):
        patient = telling.maya(clinic)
        telling.measured(clinic, patient, 20, timepoint="baseline")
        making.evaluation(patient, clinic.provider, weight_kg=D(72))
    room, talk = site.rooms.get(name="Room 1"), site.rooms.get(kind="therapy")

    def slot(kind: str, day: str, hour: str) -> Slot:
        start = build.moment(site, f"2027-{day}", hour)
        drug = kind == "infusion"
        return Slot(kind, start, start, room if drug else talk, clinic.nurse if drug else clinic.therapist)

    infusions = [slot("infusion", day, "09:00") for day in DAYS]
    around = [
        slot(kind, day, "13:00")
        for kind, day in (("preparation", "01-28"), ("midpoint", "02-10"), ("integration", "02-22"))
    ]
    with clinic.at("2027-01-20", "10:40"):
        insured(clinic, patient)
        series = book_series(
            patient=patient, site=site, proposal=Proposal(infusions, *around, [], 0.0), by=clinic.desk, goals="To walk"
        )
    ordered(clinic, series, "2027-02-01", 1, "0.5")
    for number, mg in ((1, "36"), (2, "36")):
        given(clinic, _infusion(series, number), mg)
    scored(clinic, series, "2027-02-09", 19)
    ordered(clinic, series, "2027-02-09", 3, "0.75", reason="No change after two")
    given(clinic, _infusion(series, 3), "54")
    scored(clinic, series, "2027-02-12", 19)
    given(clinic, _infusion(series, 4), "54")
    Series.objects.filter(pk=series.pk).update(state="active")
    series.refresh_from_db()
    return series


def _infusion(series: Series, number: int) -> Infusion:
    return Infusion.objects.select_related("series__site", "appointment").get(series=series, number=number)


def ordered(clinic: Clinic, series: Series, day: str, first: int, mg_per_kg: str, reason: str = "") -> None:
    with clinic.at(day, "08:30"):
        orders.sign(
            series_id=series.pk, first_number=first, mg_per_kg=D(mg_per_kg), dosing_weight_kg=D(72),
            weight_measured_at=clock.now(), weight_basis="actual", minutes=40, bag_ml=D(50), reason=reason,
            by=clinic.provider,
        )  # fmt: skip


def scored(clinic: Clinic, series: Series, day: str, score: int, timepoint: str = "pre_infusion") -> None:
    with clinic.at(day, "08:45"):
        telling.measured(clinic, series.patient, score, timepoint=timepoint, by=clinic.nurse)


def maintained(clinic: Clinic) -> Series:
    """Maya after her series (J0): 21 to 7, boosters on 03-05 and 03-26 with PHQ-9 4 and 4, and one booked for 04-23."""
    with clinic.at("2027-01-19", "15:00"):
        patient = telling.maya(clinic)
        telling.measured(clinic, patient, 21, timepoint="baseline")
        making.evaluation(patient, clinic.provider)
        series = making.loading(patient, clinic.provider)
    order = making.order(series, clinic.provider)
    vial = DrugVial.objects.get(label="V-001")
    people = {"nurse": clinic.nurse, "checker": clinic.second}
    for number, day in enumerate(DAYS, start=1):
        making.give(making.infusion(series, number, f"2027-{day}"), order, vial, **people)
    Series.objects.filter(pk=series.pk).update(
        state="completed", ended_at=build.moment(clinic.site, "2027-02-19", "11:00")
    )
    scored(clinic, series, "2027-02-23", 7, "post_series")
    with clinic.at("2027-02-23", "16:00"):
        response.review(
            series_id=series.pk, decision="maintenance", rationale="Response since infusion 5.", by=clinic.provider
        )
        boosters.plan(series_id=series.pk, intervals_days=[14, 21, 28], by=clinic.provider)
        maintenance = Series.objects.create(
            patient=patient, site=clinic.site, kind="maintenance", follows=series, opened_by=clinic.desk
        )
    for number, day in enumerate(("2027-03-05", "2027-03-26"), start=1):
        scored(clinic, series, day, 4)
        booster = making.infusion(maintenance, number, day)
        making.give(booster, making.order(maintenance, clinic.provider, day=day), vial, **people)
        _came(booster)
    with clinic.at("2027-03-26", "11:00"):
        book_booster(series=series, starts_at=build.moment(clinic.site, "2027-04-23"), by=clinic.desk)
    series.refresh_from_db()
    return series


def boosted(clinic: Clinic, booster: Infusion) -> None:
    """A booked booster was given."""
    day = clinic.site.local(booster.appointment.starts_at).date().isoformat()
    order = making.order(booster.series, clinic.provider, day=day)
    vial = DrugVial.objects.get(label="V-001")
    making.give(booster, order, vial, nurse=clinic.nurse, checker=clinic.second)
    _came(booster)
