from django.apps import AppConfig


class TherapyConfig(AppConfig):
    name = "therapy"

    def ready(self) -> None:
        from clinic import rotation
        from infusions import flowsheets, panels, relapse
        from infusions.stopping import AfterStop, after_stop
        from patients import links
        from reminders import link_letters, sweeping
        from therapy import collateral, integration_plans, plan_words
        from therapy import booking_tasks, booking_words, note_tasks, private, sessions, stopping
        from therapy.chair_card import intention, on_paper
        from visits import followers

        rotation.columns.append(private.COLUMN)
        panels.register("intention", intention)
        flowsheets.beside.append(on_paper)
        followers.add(sessions.follow_visit)
        followers.add(note_tasks.follow_visit)
        followers.add(booking_tasks.follow_visit)
        for watched in (note_tasks.WATCH, booking_tasks.WATCH):
            sweeping.find_with(watched.look)
        sweeping.find_with(booking_words.look)
        sweeping.find_with(plan_words.look)
        links.starts |= {integration_plans.PURPOSE: "plan:own", collateral.PURPOSE: "plan:note"}
        links.held_by_others.add(collateral.PURPOSE)
        link_letters.KINDS |= {integration_plans.PURPOSE: "plan_link", collateral.PURPOSE: "pass_on_link"}
        after_stop.append(AfterStop(stopping.foresee, stopping.follow))
        relapse.after_change.append(stopping.tell_of_relapse)
