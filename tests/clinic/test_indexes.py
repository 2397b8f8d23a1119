"""Of the tables that every visit writes to, no index says what the beginning of another one says."""

import pytest
from django.db import connection

from clinic.models import ReadEvent
from infusions.models import Infusion, StateEvent, VitalSigns
from insurance.models import Coverage, Verification
from patients.models import MeasureResponse, Patient
from reminders.models import FollowUp, Message
from therapy.models import NoteSection, SessionNote
from visits.models import Appointment, Hold, StatusEvent

GROWING = (
    ReadEvent, Patient, MeasureResponse, Coverage, Verification, FollowUp, Message, Appointment, Hold, StatusEvent,
    Infusion, StateEvent, VitalSigns, SessionNote, NoteSection,
)  # fmt: skip
TWICE = """
SELECT one.indexrelid::regclass::text, longer.indexrelid::regclass::text
FROM pg_index one
JOIN pg_index longer ON longer.indrelid = one.indrelid AND longer.indexrelid <> one.indexrelid
JOIN pg_class way ON way.oid = longer.indexrelid
JOIN pg_am kind ON kind.oid = way.relam AND kind.amname = 'btree'
WHERE one.indrelid = ANY(%s::regclass[]) AND NOT one.indisunique
  AND one.indpred IS NULL AND longer.indpred IS NULL AND one.indexprs IS NULL
  AND (one.indclass::oid[])[0 : one.indnkeyatts - 1] = (longer.indclass::oid[])[0 : one.indnkeyatts - 1]
  AND (one.indkey::int2[])[0 : one.indnatts - 1] = (longer.indkey::int2[])[0 : one.indnatts - 1]
"""


@pytest.mark.django_db
def test_no_index_is_the_beginning_of_another_one() -> None:
    """It would cost each write and serve no reading that the longer one does not (docs/performance.md)."""
    with connection.cursor() as cursor:
        cursor.execute(TWICE, [[model._meta.db_table for model in GROWING]])
        assert cursor.fetchall() == []
