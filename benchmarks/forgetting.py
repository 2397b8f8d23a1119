"""What a round wrote is taken away again, so that the next one finds the same clinic. The history of it stays."""

from __future__ import annotations

from django.db import connection

from benchmarks.copying import untouched

_THEIRS = "patient_id = ANY(%s::uuid[])"
_VISITS = f"appointment_id IN (SELECT id FROM visits_appointment WHERE {_THEIRS})"  # noqa: S608 - our own words
_SERIES = f"series_id IN (SELECT id FROM infusions_series WHERE {_THEIRS})"  # noqa: S608
BOOKED = {
    "reminders_message": _THEIRS,
    "reminders_followup": f"{_THEIRS} AND subject_kind <> 'patient'",
    "patients_measuredue": _THEIRS,
    "therapy_therapysession": _THEIRS,
    "infusions_stateevent": f"infusion_id IN (SELECT id FROM infusions_infusion WHERE {_SERIES})",  # noqa: S608
    "infusions_infusion": _SERIES,
    "infusions_series": _THEIRS,
    "visits_statusevent": _VISITS,
    "visits_hold": _VISITS,
    "visits_appointment": _THEIRS,
}
"""What booking leaves behind, in the order in which it can go."""


def forget(patients: list[str]) -> None:
    """Nobody ever booked anything for these."""
    _delete(BOOKED, patients)


def forget_rows(infusions: list[str]) -> None:
    """The rows that clients sent go; those that were there stay."""
    _delete({"infusions_vitalsigns": "infusion_id = ANY(%s::uuid[]) AND client_key IS NOT NULL"}, infusions)


def _delete(tables: dict[str, str], ids: list[str]) -> None:
    with untouched(), connection.cursor() as cursor:  # a clinic deletes nothing, and its triggers say so
        for table, where in tables.items():
            cursor.execute(f'DELETE FROM "{table}" WHERE {where}', [ids])  # noqa: S608
