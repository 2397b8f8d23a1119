from django.apps import AppConfig


class TherapyConfig(AppConfig):
    name = "therapy"

    def ready(self) -> None:
        from infusions import panels, relapse
        from infusions.stopping import AfterStop, after_stop
        from therapy import sessions, stopping
        from therapy.chair_card import intention
        from visits import followers

        panels.register("intention", intention)
        followers.add(sessions.follow_visit)
        after_stop.append(AfterStop(stopping.foresee, stopping.follow))
        relapse.after_change.append(stopping.tell_of_relapse)
