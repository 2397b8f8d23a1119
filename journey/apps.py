from django.apps import AppConfig


class JourneyConfig(AppConfig):
    name = "journey"

    def ready(self) -> None:
        from insurance import authorizations, verification
        from journey.approvals import follow_authorization
        from journey.series import close_estimate_task

        verification.after_estimate.append(close_estimate_task)
        authorizations.after_change.append(follow_authorization)
