from clinic.integrity import Check

CHECKS = (
    Check(
        name="Every vial's balance is the sum of its ledger",
        sql="""
            SELECT v.id, v.balance_ml, coalesce(sum(e.change_ml), 0) FROM infusions_drugvial v
            LEFT JOIN infusions_ledgerentry e ON e.vial_id = v.id
            GROUP BY v.id HAVING v.balance_ml <> coalesce(sum(e.change_ml), 0)
        """,
    ),
    Check(
        name="Every ledger line's running balance follows from the lines before it",
        sql="""
            SELECT id FROM (SELECT id, balance_ml, sum(change_ml) OVER (PARTITION BY vial_id ORDER BY id) AS running
                            FROM infusions_ledgerentry) lines
            WHERE balance_ml <> running
        """,
    ),
    Check(
        name="The numbers of a series run from 1 without gaps",
        sql="""
            SELECT series_id, count(number), max(number) FROM infusions_infusion WHERE number IS NOT NULL
            GROUP BY series_id HAVING count(number) <> max(number)
        """,
    ),
    Check(
        name="What was given is not more than what was ordered",
        sql="""
            SELECT i.id FROM infusions_infusion i JOIN infusions_order o ON o.id = i.order_id
            WHERE i.given_mg > o.dose_mg + 0.5
        """,
    ),
    Check(
        name="An infusion and its visit tell the same story",
        sql="""
            SELECT i.id, i.state, a.status FROM infusions_infusion i
            JOIN visits_appointment a ON a.id = i.appointment_id
            WHERE (i.state = 'discharged') <> (a.status = 'done' AND i.state <> 'not_given')
               OR (i.state IN ('no_show', 'cancelled')) <> (a.status IN ('no_show', 'cancelled'))
        """,
    ),
)
