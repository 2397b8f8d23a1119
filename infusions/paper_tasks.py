"""What runs out while a treatment goes on: the evaluation, the consents, blood and urine (protocol 1.6, 1.7, 2.7, 7.2).

A booster goes on until somebody ends it; of a series, only what runs out before its last booked visit is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Max
from django.urls import reverse

from clinic import settings_versions
from clinic.models import Site, User
from clinic.wording import day_words, listed
from infusions.models import Infusion, Series
from patients import consents, validity, workup
from patients.models import Consent, Evaluation, LabResult, Patient
from reminders.asking import Ask, Watch
from visits.models import Appointment

AHEAD = timedelta(days=14)
EVENING = time(17)
GOING_ON = (Series.State.PLANNED, Series.State.ACTIVE, Series.State.SUSPENDED)
LABS = ("cmp", "ua")


@dataclass
class Treated:
    """A patient whose treatment goes on: whether it has begun, and until when it goes (None: no end is known)."""

    patient: Patient
    boosters: bool = False
    begun: bool = False
    visits: list[date] = field(default_factory=list)

    def goes_beyond(self, day: date) -> bool:
        return self.boosters or any(on > day for on in self.visits)


def treated(site: Site, patient: Patient | None = None) -> dict[UUID, Treated]:
    """Everybody at the site with a series that is not over, in three queries."""
    running = Series.objects.filter(site=site, state__in=GOING_ON).select_related("patient__site")
    if patient is not None:
        running = running.filter(patient=patient)
    found: dict[UUID, Treated] = {}
    for series in running:
        one = found.setdefault(series.patient_id, Treated(series.patient))
        one.boosters |= series.kind == Series.Kind.MAINTENANCE
    given = Infusion.objects.filter(series__patient__in=found, state__in=Infusion.GIVEN)
    for pk in given.values_list("series__patient_id", flat=True).distinct():
        found[pk].begun = True
    coming = Appointment.objects.filter(
        patient__in=found, kind__in=Appointment.INFUSIONS, status__in=Appointment.ALIVE
    ).values_list("patient_id", "starts_at")
    for pk, starts_at in coming:
        found[pk].visits.append(site.local(starts_at).date())
    return found


def _ends_soon(site: Site, one: Treated, last: date) -> bool:
    return last <= site.today() + AHEAD and one.goes_beyond(last)


def _shown(site: Site, day: date) -> str:
    return day_words(site.local(site.moment(day, EVENING)))


def _evening(site: Site, day: date) -> datetime:
    return site.moment(day, EVENING)


def _evaluations(site: Site, patient: Patient | None) -> Iterator[Ask]:
    everybody = treated(site, patient)
    standing = Evaluation.objects.filter(
        patient__in=everybody, superseded_by__isnull=True, state__in=validity.FAVORABLE
    )
    longer = settings_versions.current(site).reevaluation_after_days
    for evaluation in standing.select_related("patient"):
        one = everybody[evaluation.patient_id]
        evaluation.patient.site = site
        last = validity.until(evaluation, longer if one.begun or one.boosters else None)
        if _ends_soon(site, one, last):
            yield Ask(
                ("patient", one.patient.pk),
                f"Evaluate {one.patient.name} again: the evaluation holds until {_shown(site, last)}",
                _evening(site, last),
                reverse("patients:evaluation", args=[evaluation.pk]),
                one.patient,
                occurrence=last.isoformat(),
            )


def _consents(site: Site, patient: Patient | None) -> Iterator[Ask]:
    everybody = treated(site, patient)
    newest: dict[tuple[UUID, str], Consent] = {}
    signed = Consent.objects.filter(patient__in=everybody, kind__in=consents.REQUIRED, withdrawn_at__isnull=True)
    for consent in signed.only("patient_id", "kind", "valid_until").order_by("valid_until"):
        newest[consent.patient_id, consent.kind] = consent
    for pk, one in everybody.items():
        ending = [each for (of, _), each in newest.items() if of == pk and _ends_soon(site, one, each.valid_until)]
        if ending:
            last = min(each.valid_until for each in ending)
            kinds = listed([each.get_kind_display().lower() for each in ending])
            yield Ask(
                ("patient", pk),
                f"Have {one.patient.name} sign again by {_shown(site, last)}: {kinds}",
                _evening(site, last),
                reverse("patients:consent-new", args=[pk]),
                one.patient,
                occurrence=last.isoformat(),
            )


def _labs(site: Site, patient: Patient | None) -> Iterator[Ask]:
    """Blood and urine every 180 days during boosters (Table A: labs)."""
    everybody = {pk: one for pk, one in treated(site, patient).items() if one.boosters}
    rows = LabResult.objects.filter(patient__in=everybody, test__in=LABS, entered_in_error_at__isnull=True)
    newest = {
        (pk, test): site.local(at).date()
        for pk, test, at in rows.values_list("patient_id", "test").annotate(at=Max("observed_at")).order_by()
    }
    for pk, one in everybody.items():
        last = {test: newest.get((pk, test)) for test in LABS}
        ends = {test: on + timedelta(days=workup.LABS_VALID_DAYS) if on else None for test, on in last.items()}
        due = [test for test, end in ends.items() if end is None or end < site.today()]
        if due:
            known = [end for end in (ends[test] for test in due) if end]
            names = listed([workup.NAMES[test] for test in due])
            yield Ask(
                ("patient", pk),
                f"Ask {one.patient.name} for {names}",
                _evening(site, min(known) if known else site.today()),
                reverse("patients:history", args=[pk]),
                one.patient,
                occurrence=min(known).isoformat() if known else "",
            )


EVALUATIONS = Watch(("evaluation_expiring",), "A new evaluation is signed, or the treatment ends before.", _evaluations)
CONSENTS = Watch(("consent_expiring",), "It is signed anew, or the treatment ends before.", _consents)
LABORATORY = Watch(("labs_due",), "The results are recorded, or the boosters ended.", _labs)
WATCHES: Iterable[Watch] = (EVALUATIONS, CONSENTS, LABORATORY)


def after_sign(evaluation: Evaluation) -> None:
    EVALUATIONS.look(evaluation.patient.site, patient=evaluation.patient, by=evaluation.signed_by)


def after_consent(consent: Consent) -> None:
    CONSENTS.look(consent.patient.site, patient=consent.patient, by=consent.witness)


def after_result(result: LabResult, by: User) -> None:
    LABORATORY.look(result.patient.site, patient=result.patient, by=by)
