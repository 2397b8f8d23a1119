"""What an evaluation rests on, gathered, and what the rules find in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from clinic import settings_versions
from patients import alerts, eligibility, evidence, labs, measures, trials
from patients.eligibility import Facts, Finding, Severity
from patients.models import Contact, Evaluation, Patient
from patients.rules import Risk
from patients.workup import Wanted

profiles_of: list[Callable[[Patient, date], Sequence[trials.Profile]]] = []
"""Rooms further right add what a patient’s payers ask of earlier treatments."""


def findings(evaluation: Evaluation) -> list[Finding]:
    """What stands against eligibility, what must be explained, what deserves a word, as of now."""
    return eligibility.eligibility(_facts(evaluation), settings_versions.current(evaluation.patient.site))


def trial_standings(patient: Patient) -> list[trials.Standing]:
    """Each earlier treatment judged by the clinic’s measure, then by that of each payer of the patient."""
    today = patient.site.today()
    own = eligibility.clinic_profile(settings_versions.current(patient.site))
    known = _trials(patient)
    return [trials.measure(known, profile, today) for profile in (own, *payer_profiles(patient, today))]


def payer_profiles(patient: Patient, on: date) -> list[trials.Profile]:
    return [profile for ask in profiles_of for profile in ask(patient, on)]


def answers_of(evaluation: Evaluation) -> dict[str, tuple[str, str]]:
    return {row.key: (row.answer, row.note) for row in evaluation.answers.all()}


def stopping(outcome: str, *, explained: bool) -> frozenset[Severity]:
    """The kinds of findings that keep a favorable outcome from being signed.

    A condition may fetch what is missing or not known; the overall rationale explains all but a line of the checklist,
    which has to say its reason itself.
    """
    stops = {Severity.BLOCK, Severity.LINE}
    if outcome == Evaluation.State.ELIGIBLE:
        stops |= {Severity.CONDITION} if explained else {Severity.CONDITION, Severity.MISSING}
    if not explained:
        stops.add(Severity.EXPLAIN)
    return frozenset(stops)


def _trials(patient: Patient) -> list[trials.Trial]:
    return [
        trials.Trial(
            treatment=row.treatment,
            weeks=row.weeks_at_adequate_dose,
            outcome=row.outcome,
            this_episode=row.this_episode,
            treatment_class=row.treatment_class,
            stopped=row.stopped,
            adherence=row.adherence,
        )
        for row in patient.trials.filter(entered_in_error_at__isnull=True)
    ]


def _medicines(patient: Patient) -> list[str]:
    """What is taken now, as “Lorazepam 1 mg”."""
    rows = patient.medications.filter(entered_in_error_at__isnull=True, stopped__isnull=True)
    return [f"{row.display} {row.dose}".strip() for row in rows[: evidence.MOST]]


def wanted_tests(evaluation: Evaluation, answers: Mapping[str, tuple[str, str]]) -> list[Wanted]:
    """What of laboratory, ECG and tests this person needs, each with its newest result."""
    return labs.wanted(
        evaluation.patient,
        evaluation.patient.site.today(),
        contraception=evaluation.contraception,
        lines={key: answer for key, (answer, _) in answers.items()},
    )


def _not_written(evaluation: Evaluation) -> list[str]:
    """What else protocol 1.6 asks for, where nobody has written it."""
    told = {
        "a second blood pressure": evaluation.systolic_again,
        "ASA class": evaluation.asa_class,
        "airway": evaluation.mallampati or evaluation.airway,
        "the look-up in prescription monitoring": evaluation.pdmp_on,
        "PCP or psychiatrist among the contacts": evaluation.patient.contacts.filter(
            kind=Contact.Kind.CLINICIAN, is_active=True
        ).exists(),
    }
    return [name for name, value in told.items() if not value]


def _facts(evaluation: Evaluation) -> Facts:
    patient = evaluation.patient
    site = patient.site
    baseline = measures.baseline(patient)
    screens = [measures.latest(patient, each) for each in (measures.Instrument.CSSRS, measures.Instrument.ASQ)]
    screened = max((screen.observed_at for screen in screens if screen), default=None)
    alert = alerts.gravest(patient)
    answers = answers_of(evaluation)
    return Facts(
        answers=answers,
        trials=_trials(patient),
        medicines=_medicines(patient),
        payers=payer_profiles(patient, site.today()),
        wanted=wanted_tests(evaluation, answers),
        not_written=_not_written(evaluation),
        age=patient.age_on(site.today()),
        today=site.today(),
        phq9=baseline.score if baseline else None,
        phq9_on=site.local(baseline.observed_at).date() if baseline else None,
        item9=baseline.items[8] if baseline else 0,
        screened_on=site.local(screened).date() if screened else None,
        risk=Risk(alert.grade) if alert and alert.grade in set(Risk) else None,
        diagnosis=evaluation.diagnosis,
        systolic=evaluation.systolic_again or evaluation.systolic,
        diastolic=evaluation.diastolic_again or evaluation.diastolic,
        height_cm=evaluation.height_cm,
        weight_kg=evaluation.weight_kg,
    )
