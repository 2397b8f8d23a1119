from django.apps import AppConfig


class TherapyConfig(AppConfig):
    name = "therapy"

    def ready(self) -> None:
        from infusions import flowsheets, panels, relapse
        from infusions.stopping import AfterStop, after_stop
        from reminders import sweeping
        from therapy import booking_tasks, booking_words, note_tasks, sessions, stopping
        from therapy.chair_card import intention, on_paper
        from visits import followers

        panels.register("intention", intention)
        flowsheets.beside.append(on_paper)
        followers.add(sessions.follow_visit)
        followers.add(note_tasks.follow_visit)
        followers.add(booking_tasks.follow_visit)
        for watched in (note_tasks.WATCH, booking_tasks.WATCH):
            sweeping.find_with(watched.look)
        sweeping.find_with(booking_words.look)
        after_stop.append(AfterStop(stopping.foresee, stopping.follow))
        relapse.after_change.append(stopping.tell_of_relapse)
