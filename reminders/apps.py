from django.apps import AppConfig


class RemindersConfig(AppConfig):
    name = "reminders"

    def ready(self) -> None:
        from clinic import frame
        from patients import alert_contacts, alerts, evaluation_conditions, evaluations, reopenings
        from reminders import alert_tasks, evaluation_tasks, followups, link_letters, tasks

        frame.count_for("reminders:tasks", lambda user, site: followups.for_user(user, site).count())
        alerts.after_open.append(tasks.call_for_help)
        alert_contacts.after_change.append(alert_tasks.follow)
        link_letters.listen()
        evaluations.after_sign.append(evaluation_tasks.after_sign)
        evaluation_conditions.after_met.append(evaluation_tasks.after_met)
        reopenings.after_open.append(evaluation_tasks.after_open)
        reopenings.after_review.append(evaluation_tasks.after_review)
