"""How long a signed evaluation holds, and what keeps it from holding (protocol 1.6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from clinic import settings_versions
from clinic.gathering import Given
from patients.models import Evaluation, EvaluationCondition, Patient, Reopening

State = Evaluation.State
FAVORABLE = frozenset({State.ELIGIBLE, State.CONDITIONAL})
LOOK_AGAIN = "Something new was recorded after the evaluation was signed. A provider has to look at it."
Asked = tuple[Patient, date, bool]
"""A patient, a day, and whether a series has begun: then the evaluation holds longer."""


@dataclass(frozen=True)
class Gate:
    """What the evaluation says about treating a patient on a day: nothing, or why not, and who can mend it."""

    evaluation: Evaluation | None
    why_not: str = ""
    who: str = "Provider"
    reopened: bool = False
    """Held for what was recorded since the signature; what that is, is not for everybody."""
    conditions_open: bool = False

    @property
    def in_force(self) -> bool:
        """Whether the evaluation holds: visits can be booked, although conditions may still have to be met."""
        return self.evaluation is not None and (not self.why_not or self.conditions_open)


def in_force(patient: Patient, on: date, booster: bool = False) -> Evaluation | None:
    """The evaluation on which the patient may be treated on a day.

    Before the first infusion it holds 90 days; once a series has begun, and for boosters, less than 180 (protocol 1.6;
    J12: signed 2027-01-19, expired on 2027-07-18). Both are settings. One that was opened again does not hold.
    """
    return in_force_for([(patient, on, booster)]).get((patient.pk, on))


def in_force_for(wanted: Sequence[Asked]) -> dict[tuple[UUID, date], Evaluation]:
    """`in_force` for many patients, days and booster or not; a pair without a valid evaluation is absent.

    The number of queries grows with the sites, not with the patients.
    """
    return {
        (gate.evaluation.patient_id, on): gate.evaluation
        for on, gate in _judged(wanted)
        if gate.evaluation and not gate.why_not
    }


def gates(wanted: Sequence[Asked]) -> dict[tuple[UUID, date], Gate]:
    """What the readiness gate asks: in force, and every condition met. An absent pair has no signed evaluation."""
    judged = list(_judged(wanted))
    still = _open_conditions(gate.evaluation for _, gate in judged if gate.evaluation and not gate.why_not)
    return {
        (gate.evaluation.patient_id, on): _with_conditions(gate, still.get(gate.evaluation.pk, []))
        for on, gate in judged
        if gate.evaluation
    }


def gates_from(
    wanted: Sequence[Asked],
    *,
    signed: Iterable[Evaluation],
    conditions: Iterable[EvaluationCondition],
    longer: Mapping[UUID, int],
) -> dict[tuple[UUID, date], Gate]:
    """The same of rows that were read with others: evaluations that stand, each with `again`, the oldest first; what
    of their conditions is open; and by site the days that count once a series has begun."""
    still = _by_evaluation(conditions)
    return {
        (gate.evaluation.patient_id, on): gate
        if gate.why_not
        else _with_conditions(gate, still.get(gate.evaluation.pk, []))
        for on, gate in _weighed(wanted, {one.patient_id: one for one in signed}, longer)
        if gate.evaluation
    }


def gate_of(evaluation: Evaluation, on: date, *, booster: bool = False) -> Gate:
    """What this very evaluation says about its patient on a day."""
    return gates([(evaluation.patient, on, booster)]).get((evaluation.patient_id, on), Gate(None))


def would_hold_until(evaluation: Evaluation) -> date:
    """The last day for the first infusion if the evaluation were signed today."""
    site = evaluation.patient.site
    return site.today() + timedelta(days=settings_versions.current(site).evaluation_valid_days)


def signed_day(evaluation: Evaluation) -> date:
    assert evaluation.signed_at is not None
    return evaluation.patient.site.local(evaluation.signed_at).date()


def last_day(evaluation: Evaluation, *, booster: bool = False) -> date:
    """The last day on which a favorable evaluation may be used."""
    settings = settings_versions.current(evaluation.patient.site) if booster else None
    return until(evaluation, settings.reevaluation_after_days if settings else None)


def _judged(wanted: Sequence[Asked]) -> Iterable[tuple[date, Gate]]:
    """Each patient’s standing evaluation with what keeps it from holding on the day."""
    signed = {
        evaluation.patient_id: evaluation
        for evaluation in standing().filter(patient__in={patient.pk for patient, _, _ in wanted})
    }
    sites = {patient.site_id: patient.site for patient, _, booster in wanted if booster}
    longer = {pk: settings_versions.current(site).reevaluation_after_days for pk, site in sites.items()}
    return _weighed(wanted, signed, longer)


READ = ("patient", "state", "signed_at", "valid_until")
"""What is read of an evaluation to judge it."""


def standing() -> QuerySet[Evaluation]:
    """The signed evaluations that no other has taken the place of, and whether each was opened `again`."""
    rows = Evaluation.objects.filter(signed_at__isnull=False, superseded_by__isnull=True).order_by("signed_at")
    return rows.annotate(again=Exists(Reopening.objects.filter(evaluation=OuterRef("pk"), reviewed_at__isnull=True)))


def open_conditions() -> QuerySet[EvaluationCondition]:
    """What is still to be met of standing evaluations that are eligible with conditions."""
    conditional = Q(evaluation__state=State.CONDITIONAL, evaluation__signed_at__isnull=False)
    return EvaluationCondition.objects.filter(conditional, evaluation__superseded_by__isnull=True, met_at__isnull=True)


def _weighed(
    wanted: Sequence[Asked], signed: Mapping[UUID, Evaluation], longer: Mapping[UUID, int]
) -> Iterator[tuple[date, Gate]]:
    for patient, on, booster in wanted:
        if evaluation := signed.get(patient.pk):
            evaluation.patient = patient
            again: bool = evaluation.again  # type: ignore[attr-defined]
            yield on, _gate(evaluation, on, longer.get(patient.site_id) if booster else None, again=again)


# The evaluation that stands for one patient, for a page that gathers it with more (clinic.gathering).
STANDING: dict[str, QuerySet[Any]] = {
    "standing_evaluation": Evaluation.objects.filter(
        patient=Given("patient"), signed_at__isnull=False, superseded_by__isnull=True
    ).order_by("-signed_at")[:1],
    "reopenings": Reopening.objects.filter(evaluation__patient=Given("patient"), reviewed_at__isnull=True),
}


def gate_from(evaluation: Evaluation, on: date, *, reopenings: Iterable[Reopening], longer: int | None = None) -> Gate:
    """What an evaluation says, of rows that were read with others. `longer` are the days once a series has begun."""
    again = any(one.evaluation_id == evaluation.pk for one in reopenings)
    gate = _gate(evaluation, on, longer, again=again)
    return gate if gate.why_not else _with_conditions(gate, _open_conditions([evaluation]).get(evaluation.pk, []))


def _gate(evaluation: Evaluation, on: date, longer: int | None, *, again: bool) -> Gate:
    why_not = _why_not(evaluation, on, longer, again=again)
    return Gate(evaluation, why_not, reopened=why_not == LOOK_AGAIN)


def _why_not(evaluation: Evaluation, on: date, longer: int | None, *, again: bool) -> str:
    if evaluation.state not in FAVORABLE:
        return "No signed evaluation says eligible for this day."
    if on < signed_day(evaluation):
        return "The evaluation was signed after this day."
    if on > (last := until(evaluation, longer)):
        return f"The evaluation held until {last.day} {last:%b} {last.year}. A new one has to be signed."
    if again:
        return LOOK_AGAIN
    return ""


def until(evaluation: Evaluation, longer: int | None) -> date:
    """The last day on which it holds; `longer` are the days that count once a series has begun."""
    assert evaluation.valid_until is not None
    if longer is None:
        return evaluation.valid_until
    return max(evaluation.valid_until, signed_day(evaluation) + timedelta(days=longer - 1))


def _open_conditions(evaluations: Iterable[Evaluation]) -> dict[UUID, list[EvaluationCondition]]:
    conditional = [evaluation.pk for evaluation in evaluations if evaluation.state == State.CONDITIONAL]
    if not conditional:
        return {}
    rows = EvaluationCondition.objects.filter(evaluation__in=conditional, met_at__isnull=True)
    return _by_evaluation(rows.select_related("owner"))


def _by_evaluation(conditions: Iterable[EvaluationCondition]) -> dict[UUID, list[EvaluationCondition]]:
    found: dict[UUID, list[EvaluationCondition]] = {}
    for row in conditions:
        found.setdefault(row.evaluation_id, []).append(row)
    return found


def _with_conditions(gate: Gate, still: Sequence[EvaluationCondition]) -> Gate:
    if not still:
        return gate
    listed = "; ".join(f"{row.text} ({row.whose}, due {row.due_on.day} {row.due_on:%b})" for row in still if row.due_on)
    who = ", ".join(dict.fromkeys(row.whose for row in still))
    return Gate(gate.evaluation, f"Not met yet: {listed}.", who, conditions_open=True)
