"""What the heaviest pages weigh. On a day of 192 visits each word of a card or a row is sent two hundred times."""

from __future__ import annotations

import gzip
from datetime import date, timedelta

import pytest
from django.urls import reverse

from clinic import clock
from clinic.models import ReadEvent
from clinic.policy import Role
from infusions.models import Infusion
from journey.outcomes import reading
from patients.models import MeasureResponse
from tests import build
from tests.infusions import making
from tests.journey.full_day import FullDay
from visits.models import Appointment
from visits.rules import Timing

DAY = date(2027, 2, 2)
HALF_HOURS = [6 + number / 2 for number in range(32)]
SHORT = Timing(infusion=5, recovery=5)
BYTES, GZIPPED = 100_000, 20_000

pytestmark = pytest.mark.django_db


def test_the_pages_of_a_day_of_192_visits_are_light(client):
    full = FullDay(DAY, turns=HALF_HOURS, rooms=(6, 0), timing=SHORT)
    client.force_login(full.nurse)
    heavy = {}
    with clock.at(full.at(5)):  # nobody has come yet, so each card says what stands in the way
        for page in (
            reverse("journey:today"),
            reverse("journey:today", query={"view": "list"}),
            *(reverse("visits:schedule", query={"view": view}) for view in ("", "rooms", "people")),
        ):
            answer = client.get(page).content
            assert answer.count(b"Bench Patient") >= 192
            if len(answer) > BYTES or len(gzip.compress(answer)) > GZIPPED:
                heavy[page] = len(answer), len(gzip.compress(answer))
    assert heavy == {}
    client.force_login(build.user(Role.FRONT_DESK, at=full.site))
    with clock.at(full.at(20)):  # everybody is late, so each row has all it may have
        first = client.get(reverse("journey:arrivals")).content
        last = client.get(reverse("journey:arrivals"), {"since": 160}).content
        whole = client.get(reverse("journey:arrivals"), headers={"HX-Request": "true"}).content
    assert (len(first) <= BYTES, len(gzip.compress(whole)) <= GZIPPED) == (True, True)
    assert (b'hx-trigger="load, ' in first, b"?since=80" in first, b"?since" in last) == (True, True, False)
    assert (whole.count(b'value="arrive"'), last.count(b'value="arrive"')) == (192, 32)


def test_the_picture_and_the_chart_of_a_long_record_are_light(client, site, patient, provider, nurse, other_nurse):
    given = days(312)
    treated(patient, given, provider, nurse, other_nurse)
    client.force_login(provider)
    with clock.at(build.moment(site, given[-1].isoformat(), "18:00")):
        for page, query, scores in (
            ("journey:outcome", {}, 104),
            ("journey:outcome", {"span": "all"}, 200),
            ("journey:summary", {}, 100),
            ("journey:chart", {}, 1),
            ("journey:chart-timeline", {}, 10),
        ):
            answer = client.get(reverse(page, args=[patient.pk], query=query)).content
            assert answer.count(b"PHQ-9") >= scores, (page, query)
            assert (len(answer) <= BYTES, len(gzip.compress(answer)) <= GZIPPED) == (True, True), (page, query)


def test_the_table_of_a_long_record_comes_in_parts_and_whole(client, patient, provider, nurse, other_nurse):
    given = days(120)
    treated(patient, given, provider, nurse, other_nurse)
    client.force_login(provider)
    address, found, since = reverse("journey:outcome", args=[patient.pk]), [], 0
    with clock.at(build.moment(patient.site, given[-1].isoformat(), "18:00")):
        while since is not None:
            answer = client.get(address, {"span": "all", "since": since}, headers={"HX-Request": "true"})
            found += answer.context["rows"]
            since = answer.context["rest"]
            # Of its own page, wherever it is drawn: a refused form draws it under another address.
            assert (f'hx-get="{address}?span=all&amp;since='.encode() in answer.content) is bool(since)
        assert found == reading.read(patient, span="all").rows
    assert len(found) == 2 * 120
    assert ReadEvent.objects.filter(patient_id=patient.pk).count() == 2


def days(count: int) -> list[date]:
    """As many days as years of two infusions a week have: 104 each."""
    return [DAY + timedelta(days=7 * (number // 2) + 3 * (number % 2)) for number in range(count)]


def treated(patient, given: list[date], provider, nurse, other_nurse) -> None:
    """An infusion on each day, and a score before it, written at once."""
    series = making.loading(patient, provider)
    order, vial = making.order(series, provider), making.vial(patient.site, nurse)
    starts = [build.moment(patient.site, day.isoformat()) for day in given]
    visits = Appointment.objects.bulk_create(
        Appointment(
            patient=patient,
            site=patient.site,
            kind="infusion",
            status="done",
            starts_at=start,
            ends_at=start + timedelta(hours=2),
            arrived_at=start,
            booked_by=nurse,
        )
        for start in starts
    )
    Infusion.objects.bulk_create(
        Infusion(
            series=series,
            appointment=visit,
            number=number,
            state="discharged",
            order=order,
            vial=vial,
            drawn_ml=1,
            drawn_at=visit.starts_at,
            drawn_by=nurse,
            checked_at=visit.starts_at,
            checked_by=other_nurse,
            started_at=visit.starts_at,
            ended_at=visit.starts_at + timedelta(minutes=40),
            given_mg=40,
            given_ml=50,
        )
        for number, visit in enumerate(visits, start=1)
    )
    MeasureResponse.objects.bulk_create(
        MeasureResponse(
            patient=patient,
            instrument="phq9",
            timepoint="pre_infusion",
            items=[1] * 9,
            score=9,
            observed_at=start,
            entered_at=start,
        )
        for start in starts
    )
