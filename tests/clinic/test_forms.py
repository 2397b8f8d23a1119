"""How every form of the house is drawn and what it says."""

from datetime import date, time
from decimal import Decimal

from crispy_forms.utils import render_crispy_form
from django import forms

from clinic.errors import Invalid
from clinic.forms import CalmForm, DateInput, PickOne, TimeInput, UnitInput


class OrderForm(CalmForm, forms.Form):
    units = {"dose": "mg/kg"}
    picks = ("kind",)
    required_sentences = {"reason": "Write one sentence: why?"}

    dose = forms.DecimalField(label="Dose", help_text="The last was 0.5")
    day = forms.DateField(label="Day")
    at = forms.TimeField(label="At", required=False)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "First"), ("b", "Second")])
    reason = forms.CharField(label="Reason")
    own = forms.CharField(label="Own", error_messages={"required": "My own words."})


def drawn(form: forms.Form) -> str:
    return render_crispy_form(form)


def test_fields_get_the_inputs_of_their_kind():
    form = OrderForm()
    kinds = {name: type(field.widget) for name, field in form.fields.items()}
    assert (kinds["dose"], kinds["day"], kinds["at"], kinds["kind"]) == (UnitInput, DateInput, TimeInput, PickOne)


def test_dates_and_times_go_out_as_the_browser_wants_them():
    html = drawn(OrderForm(initial={"day": date(2026, 2, 9), "at": time(9, 5), "dose": Decimal("0.50")}))
    assert 'type="date" name="day" value="2026-02-09"' in html
    assert 'type="time" name="at" value="09:05"' in html
    assert 'value="0.5"' in html
    assert ">mg/kg<" in html


def test_what_is_missing_is_said_in_sentences():
    form = OrderForm({"dose": "much", "day": "yesterday"})
    assert form.errors["dose"] == ["This is not a number. Write it like 0.5."]
    assert form.errors["day"] == ["This is not a date. Write it like 2026-02-09."]
    assert form.errors["reason"] == ["Write one sentence: why?"]
    assert form.errors["own"] == ["My own words."]
    assert form.errors["kind"] == ["Please fill this in."]


def test_an_error_stands_on_top_with_a_link_and_below_its_field():
    html = drawn(OrderForm({"dose": "1", "day": "2026-02-09", "kind": "a", "own": "x"}))
    assert "One thing needs you before this can be saved" in html
    assert '<a href="#id_reason">Reason: Write one sentence: why?</a>' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_reason_error"' in html
    assert 'id="id_reason_error"' in html


def test_help_and_input_are_tied_together():
    html = drawn(OrderForm())
    assert 'aria-describedby="id_dose_helptext"' in html
    assert 'id="id_dose_helptext"' in html


def test_what_was_typed_is_kept():
    html = drawn(OrderForm({"dose": "1.3 or so", "reason": "<worse>"}))
    assert 'value="1.3 or so"' in html
    assert "&lt;worse&gt;" in html


def test_a_verbs_refusal_stands_beside_its_field_and_the_rest_on_top():
    form = OrderForm({"dose": "1.3", "day": "2026-02-09", "kind": "a", "reason": "x", "own": "x"})
    assert form.is_valid()
    form.refuse(Invalid({"dose": "Above 1.2 nobody can order.", "series": "The series is over."}))
    assert form.errors["dose"] == ["Above 1.2 nobody can order."]
    assert form.non_field_errors() == ["The series is over."]


def test_choices_are_real_radios_with_a_legend():
    html = drawn(OrderForm({"kind": "b"}))
    assert "<legend" in html
    assert html.count('type="radio"') == 2
    assert html.count("checked") == 1
