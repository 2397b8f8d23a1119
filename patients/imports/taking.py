"""Writing what a reader found: one patient after the other, each in a transaction of their own.

A person is known again by an id of the other system. What staff wrote here is never overwritten: an import fills what
is empty, adds what is new and says where the file differs. So a second run of the same file changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.db import DataError, IntegrityError, models, transaction

from clinic import wording
from clinic.errors import Invalid
from clinic.models import Site, User
from clinic.wording import sentence
from patients import names, reopenings, search
from patients.imports import sections
from patients.imports.rows import Batch, CodedRow, Outcome, PersonRow, Taken
from patients.models import Allergy, Condition, ExternalIdentifier, Medication, Patient
from patients.registration import checked, next_mrn

Report = Callable[[Sequence[Taken]], None]

# Without these there is no patient; of the rest, what can't be kept is left out and said.
NEEDED = ("given_name", "family_name", "birth_date", "deceased_on")
ADULT = 18
LONGEST = 255  # characters of a name; RxNorm has packs with longer ones


class NotTaken(Exception):
    """The person is not taken, and so nothing of theirs; `outcome` says whether by rule or by fault."""

    def __init__(self, why: str, outcome: str = Outcome.FAILED) -> None:
        super().__init__(why)
        self.why, self.outcome = why, outcome


def take(batch: Batch, *, site: Site, by: User | None, dry_run: bool, report: Report) -> None:
    """Take a batch; `report` is called with what became of the rows, after each patient and outside of their
    transaction. A dry run does all of it and keeps none of it.
    """
    report(batch.left)
    for name, rows in batch.shared.items():
        known = sections.section(name)
        with transaction.atomic():
            outcome = known.shared(rows=rows) if known else [_nobody(row, str(row.name)) for row in rows]
            transaction.set_rollback(dry_run)
        report(outcome)
    for person in batch.people:
        report(_take_person(person, site=site, by=by, dry_run=dry_run))


def _nobody(row: Any, what: str) -> Taken:
    return Taken(row.where, Outcome.SKIPPED, what, "No room of this clinic takes such rows.")


def _take_person(person: PersonRow, *, site: Site, by: User | None, dry_run: bool) -> list[Taken]:
    """One person with all their rows, or nothing of them. The savepoint keeps a fault from those before and after."""
    try:
        with transaction.atomic():
            taken = _write(person, site, by)
            transaction.set_rollback(dry_run)
    except NotTaken as fault:
        return _none_of(person, fault.outcome, fault.why)
    except (DataError, IntegrityError) as fault:
        return _none_of(person, Outcome.FAILED, f"The database refused it: {str(fault).splitlines()[0]}")
    return taken


def _none_of(person: PersonRow, outcome: str, why: str) -> list[Taken]:
    """The person's own row with the reason, and every row that hangs on it."""
    hanging = "The person was not taken."
    rows = [Taken(row.where, Outcome.SKIPPED, f"{kind} of {person}", hanging) for kind, row in person.history()]
    others = [
        Taken(row.where, Outcome.SKIPPED, f"{name.capitalize()} of {person}", hanging)
        for name, section in person.sections.items()
        for row in section
    ]
    return [Taken(person.where, outcome, str(person), why), *rows, *others]


def _write(person: PersonRow, site: Site, by: User | None) -> list[Taken]:
    patient = _known(person, site)
    values, notes = _fitting(person, site.today())
    if patient is None:
        patient, outcome = _register(person, site, by, values, notes), str(Outcome.CREATED)
    else:
        outcome = _fill(patient, person, values, notes)
    notes[:0] = _marks(patient, site.today())
    taken = [Taken(person.where, outcome, str(person), " ".join(notes), patient.pk)]
    for model, rows in ((Condition, person.conditions), (Medication, person.medications), (Allergy, person.allergies)):
        taken += _history(model, patient, rows)
    for name, rows in person.sections.items():
        known = sections.section(name)
        taken += known.rows(patient=patient, rows=rows, by=by) if known else [_nobody(row, name) for row in rows]
    return taken


def _known(person: PersonRow, site: Site) -> Patient | None:
    """The patient with one of these ids, locked. Raises NotTaken."""
    wanted = models.Q()
    for system, value in person.identifiers:
        wanted |= models.Q(identifiers__system=system, identifiers__value=value)
    found = list(Patient.objects.filter(pk__in=Patient.objects.filter(wanted).values("pk")).select_for_update())
    if len(found) > 1:
        raise NotTaken(f"Its ids belong to two records, {found[0].mrn} and {found[1].mrn}.")
    if found and found[0].site_id != site.pk:
        raise NotTaken("This person has a record at another site. Nothing was changed.", Outcome.SKIPPED)
    return found[0] if found else None


def _fitting(person: PersonRow, today: date) -> tuple[dict[str, Any], list[str]]:
    """The values as they are kept, and what was left out of them. Raises NotTaken for what can't be missing."""
    try:
        values = checked({field: person.values.get(field) for field in NEEDED}, today=today)
    except Invalid as wrong:
        raise NotTaken(" ".join(f"{_label(field)}: {why}" for field, why in wrong.fields.items())) from None
    notes = []
    for field, value in person.values.items():
        if field not in NEEDED:
            try:
                values |= checked({field: value}, today=today)
            except Invalid as wrong:
                notes.append(f"{_label(field)} left out: {wrong.fields[field]}")
    if person.died and not values["deceased_on"]:
        values["deceased_on"] = today
        notes.append("Died; the day is not in the file, so the day of the import stands for it.")
    return values, notes


def _label(field: str) -> str:
    return sentence(Patient._meta.get_field(field).verbose_name)  # type: ignore[union-attr]


def _register(person: PersonRow, site: Site, by: User | None, values: dict[str, Any], notes: list[str]) -> Patient:
    """A new record, unless the same person has one: same name and birth date is the same person to us."""
    likely = search.likely(
        site=site,
        given_name=values["given_name"],
        family_name=values["family_name"],
        birth_date=values["birth_date"],
        phone=values.get("phone", ""),
    )
    for one in likely:
        if one.why.startswith("same name, same birth date"):
            who = f"{one.patient.name} ({one.patient.mrn})"
            raise NotTaken(f"Already here as {who}: {one.why}. No second record was made.", Outcome.SKIPPED)
    if likely:
        notes.append(f"Looks like {likely[0].patient.name} ({likely[0].patient.mrn}): {likely[0].why}. Look at both.")
    patient = Patient(site=site, mrn=next_mrn(), registered_by=by, **values)
    names.index(patient)
    patient.save(force_insert=True)
    _identify(patient, person)
    return patient


def _identify(patient: Patient, person: PersonRow) -> bool:
    """Keep the ids the person has elsewhere; whether one was new."""
    have = set(patient.identifiers.values_list("system", "value"))
    fresh = [pair for pair in dict.fromkeys(person.identifiers) if pair not in have]
    ExternalIdentifier.objects.bulk_create(
        ExternalIdentifier(patient=patient, system=system, value=value) for system, value in fresh
    )
    return bool(fresh)


def _fill(patient: Patient, person: PersonRow, values: dict[str, Any], notes: list[str]) -> str:
    """Fill what is empty here; where both say something else, ours stays and the report says so."""
    empty = ("", None, Patient.Sex.UNKNOWN)
    filled = [field for field, value in values.items() if value not in empty and getattr(patient, field) in empty]
    kept = [
        _label(field).lower()
        for field, value in values.items()
        if field not in filled and value not in empty and getattr(patient, field) != value
    ]
    if kept:
        notes.append(f"The file differs here, ours was kept: {', '.join(kept)}.")
    if filled:
        for field in filled:
            setattr(patient, field, values[field])
        names.index(patient)
        patient.save()
    identified = _identify(patient, person)
    return Outcome.UPDATED if filled or identified else Outcome.UNCHANGED


def _marks(patient: Patient, today: date) -> list[str]:
    if patient.deceased_on:
        return [f"Died {patient.deceased_on.isoformat()}."]
    years = wording.age(patient.birth_date, today)
    return [f"Minor, {years} {'year' if years == 1 else 'years'} old."] if years < ADULT else []


def _history(model: Any, patient: Patient, rows: list[CodedRow]) -> list[Taken]:
    """Conditions, medicines or allergies: what is new is added, an end that was missing is filled in."""
    columns = _COLUMNS[model]
    if not rows:
        return []
    have = {_key(one, columns): one for one in model.objects.filter(patient=patient)}
    first_line: dict[tuple[Any, ...], int] = {}
    taken: list[Taken] = []
    fresh: list[Any] = []
    for row in rows:
        made = _make(model, patient, row, columns)
        key = _key(made, columns)
        outcome, why = str(Outcome.CREATED), row.note
        if len(row.display) > LONGEST:
            why = f"{why} Its name has {len(row.display)} characters; the first were kept, and the code.".strip()
        if fault := _misfit(made):
            outcome, why = Outcome.FAILED, fault
        elif key in first_line:
            outcome, why = Outcome.SKIPPED, f"The same as line {first_line[key]}."
        elif key in have:
            first_line[key] = row.where.line
            outcome = _fill_end(have[key], row.last, columns)
        else:
            first_line[key] = row.where.line
            fresh.append(made)
        # Whose it is, not what it is: whoever imports need not be one who may read charts.
        taken.append(Taken(row.where, outcome, f"{model.__name__} of {patient.name}", why, patient.pk))
    model.objects.bulk_create(fresh)
    if model is Condition:
        reopenings.notice(patient=patient, conditions=fresh, source=reopenings.Source.IMPORT, by=None)
    return taken


# Of each kind: the column of its first day, of its last day, and what makes a row the same as another.
_COLUMNS: dict[Any, tuple[str, str | None, tuple[str, ...]]] = {
    Condition: ("onset", "abatement", ("system", "code", "display", "onset")),
    Medication: ("started", "stopped", ("system", "code", "display", "started")),
    Allergy: ("noted_on", None, ("system", "code", "display")),
}


def _key(one: Any, columns: tuple[str, str | None, tuple[str, ...]]) -> tuple[Any, ...]:
    return tuple(getattr(one, name) for name in columns[2])


def _make(model: Any, patient: Patient, row: CodedRow, columns: tuple[str, str | None, tuple[str, ...]]) -> Any:
    first, last, _ = columns
    days: dict[str, Any] = {first: row.first}
    if last:
        days[last] = row.last
    return model(
        patient=patient,
        system=row.system,
        code=row.code,
        display=row.display if len(row.display) <= LONGEST else row.display[: LONGEST - 1] + "…",
        source="import",
        **days,
        **row.more,
    )


def _misfit(made: Any) -> str:
    """Why the table can't hold the row; "" when it can. Asked before writing, so that no other row suffers."""
    if not made.display:
        return "It has no words and no code."
    for column in made._meta.concrete_fields:
        value = getattr(made, column.attname)
        if isinstance(value, str) and column.max_length and len(value) > column.max_length:
            return f"{column.verbose_name.capitalize()} is {len(value)} characters long; {column.max_length} fit."
    return ""


def _fill_end(have: Any, last: date | None, columns: tuple[str, str | None, tuple[str, ...]]) -> str:
    column = columns[1]
    if column is None or last is None or getattr(have, column) is not None or have.entered_in_error_at:
        return Outcome.UNCHANGED
    setattr(have, column, last)
    have.save(update_fields=[column])
    return Outcome.UPDATED
