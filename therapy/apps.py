from django.apps import AppConfig


class TherapyConfig(AppConfig):
    name = "therapy"

    def ready(self) -> None:
        from infusions import panels
        from therapy import sessions
        from therapy.chair_card import intention
        from visits import followers

        panels.register("intention", intention)
        followers.add(sessions.follow_visit)
