from django.apps import AppConfig


class RemindersConfig(AppConfig):
    name = "reminders"

    def ready(self) -> None:
        from celery.signals import worker_ready

        from clinic import frame, health, metrics, rotation
        from clinic.policy import Action
        from insurance import answers, eligibility_answers
        from patients import alert_contacts, alerts, evaluation_conditions, evaluations, inquiries, reopenings
        from reminders import (
            alert_tasks,
            answer_tasks,
            calls,
            checks,  # noqa: F401 - registers what `check --deploy` says
            evaluation_tasks,
            followups,
            inquiry_tasks,
            link_letters,
            mail_reports,
            mending,
            review_tasks,
            settling,
            sweeping,
            task_lists,
            tasks,
            templates,
            watch,
        )
        from reminders.models import Message, Webhook
        from reminders.webhooks import events, secrets

        frame.count_for("reminders:tasks", task_lists.WAITING, Action.SEE_TASKS)
        health.checks |= {"messages": watch.check_messages, "pages": watch.check_pages, "events": watch.check_events}
        metrics.gauges["evenkeel_waiting_seconds"] = ("How old the oldest is that waits", "what", watch.waiting)
        rotation.columns.append(
            rotation.of_json(Message, "values", keys=tuple(templates.SECRET), context=lambda key: f"message.{key}")
        )
        rotation.columns += [
            rotation.of_text(Webhook, field, context=secrets.context) for field in ("secret", "former_secret")
        ]
        answers.after_answer.append(events.after_answer)
        worker_ready.connect(tasks.look_at_once, dispatch_uid="reminders.at-start")
        alerts.after_open.append(tasks.call_for_help)
        alert_contacts.after_change.append(alert_tasks.follow)
        link_letters.listen()
        followups.lock_before[calls.KIND] = settling.lock
        followups.after_done.append(settling.after_task)
        mending.listen()
        mail_reports.listen()
        evaluations.after_sign += [evaluation_tasks.after_sign, review_tasks.after_sign]
        inquiries.after_answer.append(inquiry_tasks.answered)
        eligibility_answers.after_change.append(answer_tasks.follow)
        for watched in (inquiry_tasks.WATCH, review_tasks.WATCH, answer_tasks.WATCH):
            sweeping.find_with(watched.look)
        evaluation_conditions.after_met.append(evaluation_tasks.after_met)
        reopenings.after_open.append(evaluation_tasks.after_open)
        reopenings.after_review.append(evaluation_tasks.after_review)
