from django.apps import AppConfig


class JourneyConfig(AppConfig):
    name = "journey"

    def ready(self) -> None:
        from infusions.stopping import AfterStop, after_stop
        from insurance import authorizations, verification
        from journey import approvals, courses, first_ever, first_words, repair_tasks, stopping
        from journey.series import close_estimate_task
        from patients import links
        from visits import courses as known_courses
        from visits import followers

        known_courses.read_with(courses.read)
        followers.add(repair_tasks.follow_visit)
        followers.add(approvals.follow_visit)
        followers.add(first_ever.follow_visit)
        followers.add(first_words.follow_visit)
        after_stop.append(AfterStop(stopping.foresee, stopping.follow))
        links.starts |= {"curve": "own:curve", "visits": "own:visits"}
        verification.after_estimate.append(close_estimate_task)
        authorizations.after_change.append(approvals.follow_authorization)
