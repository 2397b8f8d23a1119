"""A site at its busiest: twelve pumps run, each with half an hour of rows; what a press and an open page cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.urls import reverse

from clinic import clock
from clinic.bench import Case
from clinic.ids import uuid7
from clinic.models import Membership, Room, Site, User
from clinic.policy import Role
from infusions import ledger
from infusions.models import ArrivalCheck, DrugVial, Infusion, Order, RunEvent, Series, StateEvent, VitalSigns
from patients.models import Patient
from visits.models import Appointment

CHAIRS = 12
ROWS = 4


def cases() -> Iterable[Case]:
    yield Case("infusions: save a row of vitals, 12 pumps running", _save, runs=200, target_ms=60)
    yield Case("infusions: the station, 12 pumps running", _station, runs=60, target_ms=150)
    yield Case("infusions: the station asks, nothing is new", _asks, runs=200, target_ms=20)


class Ward:
    """Twelve running pumps, made with few queries, and a nurse who is signed in."""

    def __init__(self) -> None:
        self.site = Site.objects.create(code=f"ward-{uuid7().hex[-8:]}", name="Ward", time_zone="America/Los_Angeles")
        Room.objects.create(site=self.site, name="Ward", kind=Room.Kind.INFUSION)
        self.nurse, self.other = self._person(Role.NURSE), self._person(Role.NURSE)
        self.provider = self._person(Role.PROVIDER)
        self.vial = self._vial()
        self.infusions = [self._running(number) for number in range(CHAIRS)]
        self.client = self._client()

    def _person(self, role: Role) -> User:
        person = User.objects.create(email=f"ward-{uuid7().hex}@evenkeel.example", full_name=f"Ward {role.label}")
        Membership.objects.create(user=person, site=self.site, role=role)
        return person

    def _vial(self) -> DrugVial:
        return ledger.receive(
            site=self.site, label=f"W-{uuid7().hex[-6:]}", lot="W1", strength_mg_per_ml=Decimal(50),
            volume_ml=Decimal(10), expires_on=date(2099, 1, 1), by=self.nurse,
        )  # fmt: skip

    def _client(self) -> Client:
        """Signed in through a session of the database, as any browser is."""
        session = SessionStore()
        session[SESSION_KEY] = str(self.nurse.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = self.nurse.get_session_auth_hash()
        session.save()
        client = Client(SERVER_NAME="localhost")
        client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
        return client

    def _running(self, number: int) -> Infusion:
        start = clock.now() - timedelta(minutes=25)
        patient = Patient.objects.create(
            site=self.site, mrn=f"W{uuid7().hex[-12:]}", given_name="Ward", family_name=f"Patient {number}",
            birth_date=date(1980, 1, 1), search_text=f"ward patient {number}",
        )  # fmt: skip
        series = Series.objects.create(
            patient=patient, site=self.site, kind="loading", planned_count=6, opened_by=self.provider, state="active"
        )
        order = Order.objects.create(
            series=series, first_number=1, mg_per_kg=Decimal("0.5"), dosing_weight_kg=Decimal(80), minutes=40,
            weight_measured_at=start, dose_mg=Decimal(40), bag_ml=Decimal(50), signed_at=start, signed_by=self.provider,
        )  # fmt: skip
        visit = Appointment.objects.create(
            patient=patient, site=self.site, kind="infusion", starts_at=start, ends_at=start + timedelta(minutes=115),
            booked_by=self.nurse, status="in_progress", arrived_at=start,
        )  # fmt: skip
        infusion = Infusion.objects.create(
            series=series, appointment=visit, number=1, state="in_progress", order=order, vial=self.vial,
            drawn_ml=Decimal("0.8"), drawn_at=start, drawn_by=self.nurse, checked_at=start, checked_by=self.other,
            started_at=start, nurse=self.nurse,
        )  # fmt: skip
        self._rows(infusion)
        return infusion

    def _rows(self, infusion: Infusion) -> None:
        start = infusion.started_at or clock.now()
        steps = ("checked_in", "cleared", "in_progress")
        StateEvent.objects.bulk_create(
            StateEvent(
                infusion=infusion, after=after, observed_at=start - timedelta(minutes=30 - 15 * at), by=self.nurse
            )
            for at, after in enumerate(steps)
        )
        VitalSigns.objects.bulk_create(
            VitalSigns(
                infusion=infusion, observed_at=start + timedelta(minutes=10 * at - 10), entered_by=self.nurse,
                systolic=128 + at, diastolic=82, heart_rate=76, spo2=98, respiratory_rate=14, moaas=5,
            )
            for at in range(ROWS)
        )  # fmt: skip
        RunEvent.objects.create(infusion=infusion, kind="iv_in", observed_at=start, entered_by=self.nurse, text="22 G")
        ArrivalCheck.objects.create(
            infusion=infusion, observed_at=start, entered_by=self.nurse, identity_confirmed=True,
            weight_kg=Decimal(80), nothing_new=True, last_solids_at=start, last_clear_at=start, substances_clear=True,
            pregnancy="na", emergency_ready=True,
        )  # fmt: skip


def _save() -> Callable[[int], object]:
    ward = Ward()

    def run(number: int) -> object:
        infusion = ward.infusions[number % CHAIRS]
        row = {
            "systolic": 130 + number % 20, "diastolic": 84, "heart_rate": 80, "spo2": 97, "respiratory_rate": 14,
            "moaas": 4, "client_key": str(uuid7()), "patient": str(infusion.series.patient_id),
        }  # fmt: skip
        answer = ward.client.post(
            reverse("infusions:vitals", args=[infusion.pk]), row, headers={"HX-Request": "true", "X-Row": "1"}
        )
        return _must(answer.status_code, 200)

    return run


def _station() -> Callable[[int], object]:
    ward = Ward()
    return lambda _: _must(ward.client.get(reverse("infusions:station")).status_code, 200)


def _asks() -> Callable[[int], object]:
    ward, address = Ward(), reverse("infusions:station")
    ask = {"HX-Request": "true", "X-Background": "1"}
    known = {"tag": ""}

    def run(_: int) -> object:
        answer = ward.client.get(address, headers=ask | {"If-None-Match": known["tag"]})
        known["tag"] = answer["ETag"]
        return answer

    return run


def _must(status: int, wanted: int) -> int:
    if status != wanted:
        raise RuntimeError(f"The page answered {status}, not {wanted}.")
    return status
