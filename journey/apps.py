from django.apps import AppConfig


class JourneyConfig(AppConfig):
    name = "journey"

    def ready(self) -> None:
        from insurance import verification
        from journey.series import close_estimate_task

        verification.after_estimate.append(close_estimate_task)
