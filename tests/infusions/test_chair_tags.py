"""The markup that each saved row draws anew: it says what crossed a line, and whatever it says is escaped."""

from datetime import UTC, datetime, timedelta

from clinic.models import Site
from infusions.chair import Input
from infusions.models import VitalSigns
from infusions.sheet import Cell, Column, SignLine
from infusions.templatetags.chair import column_heads, sign_rows, was_hints

NOON = datetime(2026, 2, 9, 20, tzinfo=UTC)


def test_a_column_says_when_it_was_taken_or_missed_and_what_to_know_of_it():
    late = VitalSigns(observed_at=NOON, entered_at=NOON + timedelta(minutes=16))
    columns = [Column(NOON, "10\u00a0min", late), Column(NOON - timedelta(minutes=10), "missed")]
    assert column_heads(columns, Site(time_zone="America/Los_Angeles")) == (
        '<th scope="col">12:00<small>10\u00a0min</small><small><i>late entry</i></small></th>'
        '<th scope="col" class="is-missed">11:50<small>missed</small></th>'
    )


def test_a_row_of_the_table_tells_what_crossed_a_line():
    calm = SignLine("spo2", "SpO2", "%", (Cell("97"), Cell("–")))
    crossed = SignLine("pressure", "BP", "mmHg", (Cell("185/100", "Pause & recheck."), Cell("130/84")))
    assert sign_rows([calm, crossed]) == (
        '<tr data-sign="spo2"><th scope="row">SpO2 <span class="ek-xs">%</span></th><td>97</td><td>–</td></tr>'
        '<tr data-sign="pressure"><th scope="row">BP <span class="ek-xs">mmHg</span></th>'
        '<td class="is-flag" title="Pause &amp; recheck.">'
        '<svg class="ek-i" aria-hidden="true"><use href="/static/icons.svg#i-warn"/></svg>'
        '<span class="visually-hidden">Pause &amp; recheck. </span>185/100</td><td>130/84</td></tr>'
    )


def test_a_hint_takes_the_place_of_the_one_on_the_page():
    inputs = [Input("moaas", "Sedation", "0–5", "was 4"), Input("cadss6", "CADSS-6", "0–24", "<none>")]
    assert was_hints(inputs) == (
        '<small id="was-moaas" hx-swap-oob="true">was 4</small>'
        '<small id="was-cadss6" hx-swap-oob="true">&lt;none&gt;</small>'
    )
