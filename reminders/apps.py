from django.apps import AppConfig


class RemindersConfig(AppConfig):
    name = "reminders"

    def ready(self) -> None:
        from clinic import frame
        from reminders import followups

        frame.count_for("reminders:tasks", lambda user, site: followups.for_user(user, site).count())
