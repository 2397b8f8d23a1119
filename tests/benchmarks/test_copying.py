"""Rows that come in by COPY arrive as they were meant, and a table gets back the indexes it was filled without."""

import pytest
from django.db import connection

from benchmarks.copying import NULL, Sheet, cell, flush, without_indexes
from clinic.models import Heartbeat

pytestmark = pytest.mark.django_db
TABLE = "visits_hold"


@pytest.mark.parametrize("text", ["a\tb", "two\nlines", "back\\slash", "{braces}", "\\N", ""])
def test_text_arrives_letter_by_letter(text):
    sheet = Sheet(Heartbeat, "name", at="2027-02-02 09:00+00")
    sheet.add(cell(text))
    flush(sheet)
    assert Heartbeat.objects.get().name == text


def test_what_is_the_same_for_all_may_hold_braces():
    sheet = Sheet(Heartbeat, "at", name="{0}")
    sheet.add("2027-02-02 09:00+00")
    flush(sheet)
    assert Heartbeat.objects.get().name == "{0}"


def test_values_as_copy_reads_them():
    assert [cell(value) for value in (None, True, [1, 2], {"a": "é"})] == [NULL, "t", '{"1","2"}', '{"a": "é"}']


def test_a_column_that_is_not_there_is_said():
    with pytest.raises(ValueError, match="Heartbeat has no nmae"):
        Sheet(Heartbeat, "nmae")


def indexes() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = %s ORDER BY 1", [TABLE])
        return [row[0] for row in cursor.fetchall()]


def test_indexes_and_constraints_come_back_as_they_were():
    before = indexes()
    with without_indexes([TABLE], processes=1):
        assert len(indexes()) == 1  # the primary key
    assert indexes() == before
