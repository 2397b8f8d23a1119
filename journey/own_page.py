"""What stands on a patient's own page behind a link: visits in plain words, and what else is open for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote_plus

from clinic import clock, settings_versions
from clinic.models import Site
from infusions import checkins
from infusions.models import CheckIn
from journey.models import Summary
from journey.outcomes import reading
from patients import alerts, giving
from patients.giving import Part
from patients.models import Patient, PatientLink
from therapy import integration_plans
from visits import patient_answers, patient_times, patient_words
from visits.models import Appointment, Ride

Status = Appointment.Status


@dataclass(frozen=True)
class Shown:
    """One visit as its patient reads it."""

    visit: Appointment
    needs_ride: bool
    ride: Ride | None
    ride_is_old: bool

    @property
    def site(self) -> Site:
        return self.visit.site

    @property
    def name(self) -> str:
        return patient_words.name(self.visit.kind)

    @property
    def day(self) -> str:
        return patient_words.day(self.site, self.visit.starts_at)

    @property
    def hour(self) -> str:
        return patient_words.hour(self.site, self.visit.starts_at)

    @property
    def until(self) -> str:
        return patient_words.hour(self.site, self.visit.ends_at)

    @property
    def is_treatment(self) -> bool:
        return self.visit.kind in Appointment.INFUSIONS

    @property
    def may_answer(self) -> bool:
        return patient_answers.may_answer(self.visit)

    @property
    def is_confirmed(self) -> bool:
        return self.visit.status == Status.CONFIRMED

    @property
    def is_awaited(self) -> bool:
        return self.visit.status in patient_answers.OPEN

    @property
    def is_here(self) -> bool:
        return self.visit.status in {Status.ARRIVED, Status.IN_PROGRESS}

    @property
    def is_off(self) -> bool:
        return self.visit.status == Status.CANCELLED

    @property
    def is_missed(self) -> bool:
        return self.visit.status == Status.NO_SHOW

    @property
    def is_over(self) -> bool:
        return self.visit.status == Status.DONE

    @property
    def has_ride(self) -> bool:
        return self.ride is not None and self.ride.contact is not None and not self.ride_is_old

    @property
    def way(self) -> str:
        """Where a map looks for the site."""
        place = ", ".join(part for part in (self.site.address, self.site.city, self.site.state) if part)
        return f"https://www.openstreetmap.org/search?query={quote_plus(place)}" if self.site.address else ""


def shown(visits: Sequence[Appointment]) -> list[Shown]:
    """Visits as `patient_answers` reads them."""
    sites = {visit.site_id: visit.site for visit in visits}
    escorted = {pk: settings_versions.current(site).escort_required for pk, site in sites.items()}
    return [_shown(visit, escorted[visit.site_id]) for visit in visits]


def _shown(visit: Appointment, escort_required: bool) -> Shown:
    ride = getattr(visit, "ride", None)
    moved_at = visit.moved_at  # type: ignore[attr-defined]
    is_old = bool(ride and moved_at and moved_at > ride.told_at)
    return Shown(visit, visit.kind in Appointment.INFUSIONS and escort_required, ride, is_old)


@dataclass(frozen=True)
class Home:
    """All that is open for one patient."""

    coming: list[Shown]
    checkin: CheckIn | None
    tonight: CheckIn | None
    questions: Part | None
    summary: Summary | None
    has_plan: bool
    is_crisis: bool

    @property
    def following(self) -> Shown | None:
        return self.coming[0] if self.coming else None

    @property
    def wants_a_yes(self) -> bool:
        """Whether nothing else is asked than whether they come."""
        first = self.following
        return bool(first and first.may_answer and not first.is_confirmed and not self.asks)

    @property
    def later(self) -> list[Shown]:
        return self.coming[1:]

    @property
    def asks(self) -> bool:
        """Whether the questions of the day after wait for an answer."""
        return self.checkin is not None and self.checkin.state == CheckIn.State.OPEN

    @property
    def is_empty(self) -> bool:
        return not (self.coming or self.checkin or self.tonight or self.questions or self.summary or self.has_plan)


def read(link: PatientLink, language: str) -> Home:
    patient = link.patient
    parts = giving.parts(link, language)
    return Home(
        coming=shown(patient_answers.coming(link)),
        checkin=checkins.asked(patient),
        tonight=checkins.tonight(patient),
        questions=giving.next_part(parts),
        summary=summary_of(patient),
        has_plan=integration_plans.has_plan(patient),
        is_crisis=is_crisis(patient),
    )


def is_crisis(patient: Patient) -> bool:
    """Whether the patient told of thoughts of suicide within the last day: the numbers stay on every page then."""
    since = clock.now() - giving.FRESH
    return alerts.open_alerts(patient).filter(opened_at__gte=since).exists()


def summary_of(patient: Patient) -> Summary | None:
    """The newest summary that a provider signed since the last series began: with it the curve is released."""
    begins = reading.course_of(patient).begins
    signed = Summary.objects.filter(patient=patient).defer("pdf")
    return (signed.filter(signed_at__gte=begins) if begins else signed).first()


def days_to_move(visit: Appointment) -> list[tuple[str, list[tuple[str, str]]]]:
    """The hours that are offered, by day: what is sent, and what is read."""
    site = visit.site
    return [
        (
            patient_words.day(site, day.starts[0]),
            [(start.isoformat(), patient_words.hour(site, start)) for start in day.starts],
        )
        for day in patient_times.offered(visit)
    ]
