"""What is known of a person's past: conditions, medicines, allergies, treatments tried. Nothing is ever deleted."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar, cast
from uuid import UUID

from django.db import transaction

from clinic import retracting
from clinic.errors import Invalid, NotFound, Refused
from clinic.models import User
from clinic.policy import Action, require
from patients import names, reopenings
from patients.models import Allergy, Condition, Medication, Patient, PatientLink, TreatmentTrial
from patients.registration import fitting
from patients.rows import patient_for, patient_of_link

Row = Condition | Medication | Allergy | TreatmentTrial
R = TypeVar("R", bound=Row)
Ending = TypeVar("Ending", bound=Condition | Medication)
KINDS: dict[str, type[Row]] = {
    "condition": Condition,
    "medication": Medication,
    "allergy": Allergy,
    "trial": TreatmentTrial,
}
LONGEST_TRIAL = 1040


class MarkedAsError(Refused):
    """The same stands there already, marked as an error; `row` is that one."""

    def __init__(self, row: Row) -> None:
        self.row = row
        super().__init__("This was entered before and marked as an error. Take that mark back there instead.")


def _mine(patient_id: UUID, by: User | None, link: PatientLink | None) -> Patient:
    """The patient, locked: as staff with the right know them, or as the holder of a link to their intake does."""
    if by is None:
        return patient_of_link(patient_id, link, purpose="intake")
    patient = patient_for(patient_id, by)
    require(by, Action.RECORD_HISTORY, at=patient.site)
    return patient


def _checked(
    model: type[Row], patient: Patient, ask: dict[str, str], days: dict[str, date | None], texts: dict[str, str]
) -> dict[str, Any]:
    """Texts cleaned and fitting, days neither before birth nor ahead. Raises Invalid."""
    wrong: dict[str, str] = {}
    values: dict[str, Any] = dict(days)
    for field, text in texts.items():
        try:
            values[field] = fitting(model, field, names.clean(text))
        except ValueError as error:
            wrong[field] = str(error)
        else:
            if field in ask and not values[field]:
                wrong[field] = ask[field]
    for field, day in days.items():
        if day and day > patient.site.today():
            wrong[field] = "This day has not come yet."
        elif day and day < patient.birth_date:
            wrong[field] = "This day is before the person was born."
    first, *last = days
    ends = days[last[0]] if last else None
    begins = days[first]
    if begins and ends and ends < begins:
        wrong[last[0]] = "This is before it began."
    if wrong:
        raise Invalid(wrong)
    return values


def _add(model: type[R], patient: Patient, values: dict[str, Any], key: tuple[str, ...]) -> R:
    """Save the row, unless the same stands there already: then say so, and whether it was marked as an error."""
    same = model._default_manager.filter(patient=patient, **{field: values[field] for field in key}).first()
    if same and same.entered_in_error_at:
        raise MarkedAsError(same)
    if same:
        raise Refused("This stands in the list already.")
    return cast("R", model._default_manager.create(patient=patient, **values))


@transaction.atomic
def add_condition(
    *,
    patient_id: UUID,
    by: User | None,
    display: str,
    onset: date | None = None,
    abatement: date | None = None,
    system: str = "",
    code: str = "",
    source: str = "staff",
    link: PatientLink | None = None,
) -> Condition:
    """Add a condition. Raises NotFound, NotPermitted, Invalid, Refused."""
    patient = _mine(patient_id, by, link)
    values = _checked(
        Condition,
        patient,
        {"display": "Name the condition."},
        {"onset": onset, "abatement": abatement},
        {"display": display, "system": system, "code": code, "source": source},
    )
    condition = _add(Condition, patient, values, ("system", "code", "display", "onset"))
    reopenings.notice(patient=patient, conditions=[condition], source=reopenings.Source.HISTORY, by=by)
    return condition


@transaction.atomic
def add_medication(
    *,
    patient_id: UUID,
    by: User | None,
    display: str,
    dose: str = "",
    started: date | None = None,
    stopped: date | None = None,
    system: str = "",
    code: str = "",
    source: str = "staff",
    link: PatientLink | None = None,
) -> Medication:
    """Add a medicine that is or was taken. Raises NotFound, NotPermitted, Invalid, Refused."""
    patient = _mine(patient_id, by, link)
    values = _checked(
        Medication,
        patient,
        {"display": "Name the medicine."},
        {"started": started, "stopped": stopped},
        {"display": display, "dose": dose, "system": system, "code": code, "source": source},
    )
    return _add(Medication, patient, values, ("system", "code", "display", "started"))


@transaction.atomic
def add_allergy(
    *,
    patient_id: UUID,
    by: User | None,
    display: str,
    reaction: str = "",
    severity: str = "",
    noted_on: date | None = None,
    system: str = "",
    code: str = "",
    source: str = "staff",
    link: PatientLink | None = None,
) -> Allergy:
    """Add an allergy or intolerance. Raises NotFound, NotPermitted, Invalid, Refused."""
    patient = _mine(patient_id, by, link)
    values = _checked(
        Allergy,
        patient,
        {"display": "Name what the person does not tolerate."},
        {"noted_on": noted_on},
        {
            "display": display,
            "reaction": reaction,
            "severity": severity,
            "system": system,
            "code": code,
            "source": source,
        },
    )
    return _add(Allergy, patient, values, ("system", "code", "display"))


@transaction.atomic
def add_trial(
    *,
    patient_id: UUID,
    by: User | None,
    treatment: str,
    weeks_at_adequate_dose: int,
    outcome: str,
    treatment_class: str = "",
    dose: str = "",
    this_episode: bool = True,
    started: date | None = None,
    stopped: date | None = None,
    adherence: str = "",
    source: str = TreatmentTrial.Source.STAFF,
    link: PatientLink | None = None,
) -> TreatmentTrial:
    """Add a treatment that was tried. Raises NotFound, NotPermitted, Invalid."""
    patient = _mine(patient_id, by, link)
    wrong: dict[str, str] = {}
    values: dict[str, Any] = {}
    try:
        values = _checked(
            TreatmentTrial,
            patient,
            {"treatment": "Name the treatment."},
            {"started": started, "stopped": stopped},
            {
                "treatment": treatment,
                "treatment_class": treatment_class,
                "dose": dose,
                "outcome": outcome,
                "adherence": adherence,
                "source": source,
            },
        )
    except Invalid as error:
        wrong = dict(error.fields)
    if not 0 <= weeks_at_adequate_dose <= LONGEST_TRIAL:
        wrong["weeks_at_adequate_dose"] = f"Weeks go from 0 to {LONGEST_TRIAL}."
    elif problem := _weeks_problem(weeks_at_adequate_dose, started, stopped):
        wrong["weeks_at_adequate_dose"] = problem
    if wrong:
        raise Invalid(wrong)
    return TreatmentTrial.objects.create(
        patient=patient, weeks_at_adequate_dose=weeks_at_adequate_dose, this_episode=this_episode, **values
    )


def _weeks_problem(weeks: int, started: date | None, stopped: date | None) -> str:
    """More weeks at an adequate dose than lie between the two days can’t be; a week is allowed for rounding."""
    if started is None or stopped is None or weeks <= (stopped - started).days / 7 + 1:
        return ""
    return f"Between these days lie only {(stopped - started).days // 7} weeks."


def row_or_none(kind: str, pk: UUID, by: User) -> Row | None:
    """A row of one of the four kinds, of a patient of the user's sites."""
    model = KINDS.get(kind)
    if model is None:
        return None
    rows = model._default_manager.select_related("patient__site")
    found: Row | None = rows.filter(pk=pk, patient__site__in=by.site_ids).first()
    return found


def _again(record: R, by: User) -> R:
    """The row, locked and read anew."""
    row = (
        type(record)
        ._default_manager.select_for_update(of=("self",))
        .select_related("patient__site")
        .filter(pk=record.pk, patient__site__in=by.site_ids)
        .first()
    )
    if row is None:
        raise NotFound
    require(by, Action.RECORD_HISTORY, at=row.patient.site)
    return cast("R", row)


@transaction.atomic
def mark_in_error(*, record: R, reason: str, by: User) -> R:
    """Say that the row was never true; it stays to be seen, struck through. Raises NotPermitted, Invalid, Refused."""
    row = _again(record, by)
    retracting.mark(row, reason=reason, by=by)
    return row


@transaction.atomic
def take_back_error(*, record: R, by: User) -> R:
    """The row was true after all. Raises NotPermitted, Refused."""
    row = _again(record, by)
    retracting.take_back(row)
    return row


@transaction.atomic
def end(*, record: Ending, on: date, by: User) -> Ending:
    """A condition has passed, or a medicine is no longer taken, since a day. Raises NotPermitted, Invalid, Refused."""
    row = _again(record, by)
    begins, field = (row.onset, "abatement") if isinstance(row, Condition) else (row.started, "stopped")
    if row.entered_in_error_at:
        raise Refused("This is marked as an error; nothing can end in it.")
    if on > row.patient.site.today():
        raise Invalid({"on": "This day has not come yet."})
    if on < (begins or row.patient.birth_date):
        raise Invalid({"on": "This is before it began."})
    setattr(row, field, on)
    row.save(update_fields=[field])
    return row
