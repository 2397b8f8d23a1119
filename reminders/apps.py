from django.apps import AppConfig


class RemindersConfig(AppConfig):
    name = "reminders"

    def ready(self) -> None:
        from clinic import frame
        from patients import alert_contacts, alerts
        from reminders import alert_tasks, followups, link_letters, tasks

        frame.count_for("reminders:tasks", lambda user, site: followups.for_user(user, site).count())
        alerts.after_open.append(tasks.call_for_help)
        alert_contacts.after_change.append(alert_tasks.follow)
        link_letters.listen()
