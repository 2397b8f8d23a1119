"""What the heaviest pages weigh. On a day of 192 visits each word of a card or a row is sent two hundred times."""

from __future__ import annotations

import gzip
from datetime import date

import pytest
from django.urls import reverse

from clinic import clock
from tests.journey.full_day import FullDay
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
