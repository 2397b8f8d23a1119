"""The markup that each saved row draws anew: it says what crossed a line, and whatever it says is escaped."""

from infusions.chair import Input
from infusions.sheet import Cell, SignLine
from infusions.templatetags.chair import sign_rows, was_hints


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
