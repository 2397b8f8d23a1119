from clinic.integrity import Check

CHECKS = (
    Check(
        name="Every visit that is to come or under way holds a room and its patient",
        sql="""
            SELECT a.id, a.starts_at FROM visits_appointment a
            WHERE a.status IN ('booked', 'confirmed', 'arrived', 'in_progress')
              AND NOT EXISTS (SELECT 1 FROM visits_hold h
                              WHERE (h.appointment_id = a.id OR h.group_id = a.group_id) AND h.active
                              HAVING count(h.room_id) > 0 AND count(h.patient_id) > 0)
        """,
    ),
    Check(
        name="Every group that is on holds its room and therapist once, and nobody comes beyond its places",
        sql="""
            SELECT g.id FROM visits_groupsession g
            WHERE g.cancelled_at IS NULL AND (
                (SELECT count(*) FROM visits_hold h WHERE h.group_id = g.id AND h.active
                    AND h.resource IN (g.room_id, g.therapist_id)
                    AND h.during = tstzrange(g.starts_at, g.ends_at)) < 2
                OR (SELECT count(*) FROM visits_appointment a WHERE a.group_id = g.id
                    AND a.status NOT IN ('cancelled', 'no_show')) > g.capacity)
        """,
    ),
    Check(
        name="No cancelled or missed visit holds anything",
        sql="""
            SELECT a.id FROM visits_appointment a JOIN visits_hold h ON h.appointment_id = a.id AND h.active
            WHERE a.status IN ('cancelled', 'no_show')
        """,
    ),
    Check(
        name="No room, no lane of a person and no patient is held twice at one instant",
        sql="""
            SELECT a.id, b.id FROM visits_hold a JOIN visits_hold b
              ON a.resource = b.resource AND a.lane = b.lane AND a.during && b.during AND a.id < b.id
            WHERE a.active AND b.active
        """,
    ),
    Check(
        name="No reminder waits for a visit that will not be",
        sql="""
            SELECT m.id FROM reminders_message m JOIN visits_appointment a ON a.id = m.subject_id
            WHERE m.subject_kind = 'appointment' AND m.state = 'planned' AND a.status IN ('cancelled', 'no_show')
        """,
    ),
)
