"""What the chair sends is read by forms that share their fields: nothing of one row may be found in the next."""

import pytest

from clinic.errors import Invalid
from infusions.forms.chair import require_valid
from infusions.forms.rows import AnswerForm, EventForm, StepForm, VitalsForm


def test_each_row_is_read_for_itself():
    first, second = VitalsForm({"systolic": "130", "nausea": "true"}), VitalsForm({"systolic": "", "spo2": "97"})
    assert first.is_valid()
    assert second.is_valid()
    assert (first.values()["systolic"], first.values()["nausea"], first.values()["spo2"]) == (130, True, None)
    assert (second.values()["systolic"], second.values()["nausea"], second.values()["spo2"]) == (None, None, 97)


def test_what_one_row_was_refused_for_is_not_said_of_the_next():
    with pytest.raises(Invalid) as refused:
        require_valid(VitalsForm({"systolic": "high", "at": "noon"}))
    assert refused.value.fields == {
        "systolic": "This is not a whole number.",
        "at": "This is not a time. Write it like 14:30.",
    }
    require_valid(VitalsForm({"systolic": "130", "at": "12:00"}))


@pytest.mark.parametrize("form", [AnswerForm, EventForm, StepForm, VitalsForm])
def test_no_row_waits_for_its_fields_to_be_copied(form):
    assert form({}).fields is form({}).fields
