from django.apps import AppConfig


class TherapyConfig(AppConfig):
    name = "therapy"

    def ready(self) -> None:
        from clinic import rotation
        from infusions import flowsheets, panels, relapse
        from infusions.stopping import AfterStop, after_stop
        from patients import alerts, links
        from reminders import link_letters, sweeping
        from therapy import (
            booking,
            booking_tasks,
            booking_words,
            collateral,
            cosign_tasks,
            cosigning,
            courses,
            integration_plans,
            note_tasks,
            plan_words,
            private,
            reasons,
            sessions,
            stopping,
            window_tasks,
            written_alerts,
        )
        from therapy.chair_card import intention, on_paper
        from visits import booking as visit_booking
        from visits import courses as known_courses
        from visits import followers

        known_courses.read_with(courses.read)
        visit_booking.after_booking.append(booking.after_booking)
        rotation.columns.append(private.COLUMN)
        panels.register("intention", intention)
        flowsheets.beside.append(on_paper)
        followers.add(sessions.follow_visit, places=True)
        followers.add(reasons.follow_visit, places=True)
        followers.add(window_tasks.follow_visit)
        followers.add(note_tasks.follow_visit)
        followers.add(booking_tasks.follow_visit)
        cosigning.after_turn.append(cosign_tasks.look)
        for watched in (note_tasks.WATCH, booking_tasks.WATCH, cosign_tasks.WATCH):
            sweeping.find_with(watched.look)
        sweeping.find_with(booking_words.look)
        sweeping.find_with(plan_words.look)
        alerts.called_by.append(written_alerts.tell)
        links.starts |= {integration_plans.PURPOSE: "plan:own", collateral.PURPOSE: "plan:note"}
        links.held_by_others.add(collateral.PURPOSE)
        link_letters.KINDS |= {integration_plans.PURPOSE: "plan_link", collateral.PURPOSE: "pass_on_link"}
        after_stop.append(AfterStop(stopping.foresee, stopping.follow))
        relapse.after_change.append(stopping.tell_of_relapse)
