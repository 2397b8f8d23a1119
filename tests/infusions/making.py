"""Rows of this room put straight into the tables, for tests that are about something else."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from clinic.models import Site, User
from infusions import relapse_states
from infusions.models import DrugVial, Infusion, Order, RelapseState, Series
from patients.models import Evaluation, MeasureResponse, Patient
from tests import build
from visits.models import Appointment

D = Decimal
J0_DAYS = ("2027-02-02", "2027-02-05", "2027-02-09", "2027-02-12", "2027-02-16", "2027-02-19")


def evaluation(patient: Patient, provider: User, *, day: str = "2027-01-19", **fields) -> Evaluation:
    """A signed evaluation that says eligible."""
    signed = build.moment(patient.site, day, "15:00")
    return Evaluation.objects.create(
        patient=patient,
        state=fields.pop("state", "eligible"),
        observed_at=signed,
        entered_at=signed,
        signed_at=signed,
        signed_by=provider,
        valid_until=date.fromisoformat(day) + timedelta(days=90),
        rationale=fields.pop("rationale", "As discussed"),
        revisit_on=date.fromisoformat(day) + timedelta(days=30),
        height_cm=fields.pop("height_cm", D("170")),
        weight_kg=fields.pop("weight_kg", D("80")),
        **fields,
    )


def loading(patient: Patient, by: User, *, count: int = 6, day: str = "2027-01-20", **fields) -> Series:
    return Series.objects.create(
        patient=patient,
        site=patient.site,
        kind="loading",
        planned_count=count,
        opened_at=build.moment(patient.site, day, "09:00"),
        opened_by=by,
        **fields,
    )


def infusion(series: Series, number: int, day: str, *, at: str = "09:00", by: User | None = None) -> Infusion:
    """A scheduled infusion and its visit."""
    starts = build.moment(series.site, day, at)
    visit = Appointment.objects.create(
        patient=series.patient,
        site=series.site,
        kind="infusion" if series.kind == "loading" else "booster",
        starts_at=starts,
        ends_at=starts + timedelta(minutes=115),
        booked_by=by or series.opened_by,
    )
    return Infusion.objects.create(series=series, appointment=visit, number=number)


def order(
    series: Series,
    by: User,
    *,
    mg_per_kg: str = "0.5",
    kg: str = "80",
    first_number: int = 1,
    day: str = "2027-02-02",
    **fields,
) -> Order:
    moment = build.moment(series.site, day, "08:30")
    last = Order.objects.filter(series=series).order_by("-signed_at").first()
    return Order.objects.create(
        series=series,
        first_number=first_number,
        mg_per_kg=D(mg_per_kg),
        dosing_weight_kg=D(kg),
        weight_measured_at=moment,
        dose_mg=fields.pop("dose_mg", D(mg_per_kg) * D(kg)),
        minutes=40,
        bag_ml=D(50),
        signed_at=moment,
        signed_by=by,
        **{"supersedes": last, **fields},
    )


def vial(
    site: Site, by: User, *, label: str = "V-1", strength: str = "50", ml: str = "10", expires: str = "2028-11-30"
) -> DrugVial:
    """A vial received through the ledger."""
    from infusions import ledger

    return ledger.receive(
        site=site,
        label=label,
        lot="K2291",
        strength_mg_per_ml=D(strength),
        volume_ml=D(ml),
        expires_on=date.fromisoformat(expires),
        by=by,
    )


def give(
    infusion: Infusion,
    of: Order,
    from_vial: DrugVial,
    *,
    nurse: User,
    checker: User,
    state: str = "discharged",
    given_mg: str = "40",
) -> Infusion:
    """The infusion as it stands after it ran from 09:12 to 09:52."""
    day = infusion.series.site.local(infusion.appointment.starts_at).date().isoformat()
    start = build.moment(infusion.series.site, day, "09:12")
    Infusion.objects.filter(pk=infusion.pk).update(
        state=state,
        order=of,
        vial=from_vial,
        drawn_ml=of.dose_mg / from_vial.strength_mg_per_ml,
        drawn_at=start,
        drawn_by=nurse,
        checked_at=start,
        checked_by=checker,
        started_at=start,
        ended_at=start + timedelta(minutes=40),
        given_mg=D(given_mg),
        given_ml=D(50),
    )
    infusion.refresh_from_db()
    return infusion


def phq9(patient: Patient, score: int, day: str, at: str = "08:45", timepoint: str = "pre_infusion") -> MeasureResponse:
    moment = build.moment(patient.site, day, at)
    full, rest = divmod(score, 3)
    items = [3] * full + ([rest] if rest else [])
    return MeasureResponse.objects.create(
        patient=patient,
        instrument="phq9",
        timepoint=timepoint,
        items=items + [0] * (9 - len(items)),
        score=score,
        observed_at=moment,
        entered_at=moment,
    )


def broken() -> list[str]:
    """What of this room's integrity checks finds something wrong: the names of the checks, none of them at best."""
    from django.db import connection

    from infusions.integrity import CHECKS

    found = []
    with connection.cursor() as cursor:
        for check in CHECKS:
            cursor.execute(check.sql)
            if cursor.fetchall():
                found.append(check.name)
    return found


def watch_state(patient: Patient) -> str:
    """NONE, WATCH or CONFIRMED, as it stands for the patient."""
    row = relapse_states.newest_of_each().filter(patient=patient).first()
    return row.state if row else RelapseState.State.NONE
