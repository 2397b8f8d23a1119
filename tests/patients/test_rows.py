"""The row of a patient in a list."""

from datetime import date

import pytest
from django.template import engines

from clinic.models import Site
from patients.models import Patient


def _drawn(**fields) -> str:
    called = {"given_name": "Zoë", "family_name": "Vaz", "mrn": "EK-1", "birth_date": date(1980, 1, 2)}
    patient = Patient(site=Site(name="Pine Street", time_zone="America/Los_Angeles"), **called | fields)
    row = engines["django"].from_string("{% load people %}{% patient_row patient with_site=True %}")
    return row.render({"patient": patient})


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Vaz, Zoë</a></td>"),
        ({}, "2 Jan 1980"),
        ({}, '<span class="ek-3">none</span>'),
        ({}, "<td>Pine Street</td>"),
        ({"preferred_name": "Zizi"}, "“Zizi”"),
        ({"family_name": "<b>"}, "&lt;b&gt;, Zoë"),
        ({"preferred_name": "<b>"}, "“&lt;b&gt;”"),
        ({"phone": "+15550137740"}, "013‑7740"),
        ({"deceased_on": date(2020, 1, 1)}, "Deceased"),
        ({"deceased_on": date(2020, 1, 1)}, '<td class="is-num">39</td>'),
    ],
)
def test_a_row_says_who_it_is(fields, said) -> None:
    assert said in _drawn(**fields)
