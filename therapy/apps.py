from django.apps import AppConfig


class TherapyConfig(AppConfig):
    name = "therapy"

    def ready(self) -> None:
        from infusions import panels
        from therapy.chair_card import intention

        panels.register("intention", intention)
