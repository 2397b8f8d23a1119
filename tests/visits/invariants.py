"""What must be true of the calendar at every moment, asked of the database itself and not of our code."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection

ALIVE = "('booked', 'confirmed', 'arrived', 'in_progress')"

# Each answers the visits (or series) of which it is not true.
RULES = {
    "two active holds of one resource and lane overlap": """
        SELECT a.appointment_id AS of FROM visits_hold a JOIN visits_hold b
            ON a.id <> b.id AND a.resource = b.resource AND a.lane = b.lane AND a.during && b.during
        WHERE a.active AND b.active""",
    "a patient is in two places": """
        SELECT a.appointment_id FROM visits_hold a JOIN visits_hold b
            ON a.appointment_id <> b.appointment_id AND a.patient_id = b.patient_id AND a.during && b.during
        WHERE a.active AND b.active""",
    "a visit that is on does not hold its patient, a room and somebody": f"""
        SELECT v.id FROM visits_appointment v LEFT JOIN visits_hold h ON h.appointment_id = v.id AND h.active
        WHERE v.status IN {ALIVE} GROUP BY v.id
        HAVING count(*) FILTER (WHERE h.patient_id = v.patient_id AND h.during = tstzrange(v.starts_at, v.ends_at)) <> 1
            OR count(*) FILTER (WHERE h.room_id IS NOT NULL AND h.during = tstzrange(v.starts_at, v.ends_at)) <> 1
            OR count(*) FILTER (WHERE h.staff_id IS NOT NULL) < 1""",
    "a visit that is off holds something": f"""
        SELECT v.id FROM visits_appointment v JOIN visits_hold h ON h.appointment_id = v.id AND h.active
        WHERE v.status NOT IN {ALIVE}""",
    "a visit that is off is still spoken of": f"""
        SELECT v.id FROM visits_appointment v JOIN reminders_message m ON m.subject_id = v.id
        WHERE v.status NOT IN {ALIVE} AND m.state IN ('planned', 'failed')""",
    "a reminder names another hour than the visit’s": """
        SELECT v.id FROM visits_appointment v
            JOIN clinic_site s ON s.id = v.site_id
            JOIN reminders_message m ON m.subject_id = v.id AND m.state = 'planned'
        WHERE m.expires_at <> v.starts_at OR (m.values ->> 'at')::timestamptz <> v.starts_at OR m.due_at <>
            (v.starts_at AT TIME ZONE s.time_zone
             - make_interval(hours => replace(right(m.kind, 3), 'h', '')::int)) AT TIME ZONE s.time_zone""",
    "a reminder that is still ahead is missing, or there twice": """
        SELECT v.id FROM visits_appointment v
            JOIN clinic_site s ON s.id = v.site_id
            CROSS JOIN (VALUES (72), (24)) AS ahead(hours)
            LEFT JOIN reminders_message m ON m.subject_id = v.id AND m.state = 'planned'
                AND m.kind = 'appointment_' || ahead.hours || 'h'
        WHERE v.status IN ('booked', 'confirmed')
            AND (v.starts_at AT TIME ZONE s.time_zone - make_interval(hours => ahead.hours))
                AT TIME ZONE s.time_zone > $1
        GROUP BY v.id, ahead.hours HAVING count(m.id) <> 1""",
    "the numbers of a series are not 1, 2, 3 … in the order of its visits": """
        SELECT series_id FROM (
            SELECT i.series_id, i.number, row_number() OVER (PARTITION BY i.series_id ORDER BY v.starts_at) AS place
            FROM infusions_infusion i JOIN visits_appointment v ON v.id = i.appointment_id
            WHERE i.number IS NOT NULL) numbered WHERE number <> place""",
    "an infusion counts that is off, or does not that is on": f"""
        SELECT i.series_id FROM infusions_infusion i JOIN visits_appointment v ON v.id = i.appointment_id
        WHERE (i.number IS NULL) = (v.status IN {ALIVE})""",
    "a nurse has more infusions at a minute than the site allows": """
        SELECT h.appointment_id FROM visits_hold h
            JOIN visits_hold o ON o.staff_id = h.staff_id AND o.active AND o.lane < 100 AND o.during @> lower(h.during)
        WHERE h.active AND h.lane < 100 AND h.staff_id IS NOT NULL
        GROUP BY h.id, h.appointment_id HAVING count(DISTINCT o.appointment_id) > $2""",
}

# These alone may be broken for a while: by a closure that came after the booking, until the day is repaired.
LOST_PLACES = """
    WITH held AS (
        SELECT h.*, v.site_id, lower(h.during) AT TIME ZONE s.time_zone AS begins,
            upper(h.during) AT TIME ZONE s.time_zone AS over
        FROM visits_hold h JOIN visits_appointment v ON v.id = h.appointment_id JOIN clinic_site s ON s.id = v.site_id
        WHERE h.active)
    SELECT DISTINCT appointment_id FROM held h
    WHERE h.begins::date <> h.over::date
        OR NOT EXISTS (SELECT 1 FROM clinic_openinghours o WHERE o.site_id = h.site_id
            AND o.weekday = EXTRACT(isodow FROM h.begins) - 1
            AND o.opens <= h.begins::time AND o.closes >= h.over::time)
        OR EXISTS (SELECT 1 FROM clinic_closure c WHERE c.site_id = h.site_id
            AND (c.room_id IS NULL OR c.room_id = h.room_id) AND h.begins::date BETWEEN c.first_day AND c.last_day)
        OR h.staff_id IS NOT NULL AND NOT CASE
            WHEN EXISTS (SELECT 1 FROM clinic_shiftexception x
                WHERE x.user_id = h.staff_id AND x.site_id = h.site_id AND x.day = h.begins::date)
            THEN EXISTS (SELECT 1 FROM clinic_shiftexception x
                WHERE x.user_id = h.staff_id AND x.site_id = h.site_id AND x.day = h.begins::date
                AND x.starts <= h.begins::time AND x.ends >= h.over::time)
            ELSE EXISTS (SELECT 1 FROM clinic_shift t WHERE t.user_id = h.staff_id AND t.site_id = h.site_id
                AND t.weekday = EXTRACT(isodow FROM h.begins) - 1 AND t.starts <= h.begins::time
                AND t.ends >= h.over::time AND t.valid_from <= h.begins::date
                AND (t.valid_until IS NULL OR t.valid_until >= h.begins::date)) END"""


def prepare() -> None:
    """Have the database plan the questions once; they are asked thousands of times."""
    asked = " UNION ALL ".join(f"SELECT '{name}', of FROM ({query}) broken(of)" for name, query in RULES.items())
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements WHERE name IN ('broken_rules', 'lost_places')")
        for (name,) in cursor.fetchall():  # those of the test before; what the app has prepared stays
            cursor.execute(f"DEALLOCATE {name}")
        cursor.execute(f"PREPARE broken_rules (timestamptz, int) AS {asked}")
        cursor.execute(f"PREPARE lost_places AS {LOST_PLACES}")


def broken(now: datetime, nurse_lanes: int) -> list[tuple[str, UUID]]:
    """Each rule that does not hold, and of what."""
    with connection.cursor() as cursor:
        cursor.execute("EXECUTE broken_rules (%s, %s)", [now, nurse_lanes])
        return list(cursor.fetchall())


def lost_places() -> set[UUID]:
    """The visits that hold something outside opening hours, in a closure, or of somebody who is not at work."""
    with connection.cursor() as cursor:
        cursor.execute("EXECUTE lost_places")
        return {row[0] for row in cursor.fetchall()}
