from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "visits"

    def ready(self) -> None:
        from clinic.place import directory
        from insurance import answers
        from insurance import coming as expected
        from reminders import sweeping
        from visits import coming, cover_tasks, followers, openings, repair, retiring, tending, told_elsewhere

        expected.read_with(coming.ahead)
        followers.add_last(coming.follow_visit)
        directory.before_retiring.append(retiring.objection)
        directory.after_losing.append(repair.look_after)
        directory.after_lifting.append(openings.reopened)
        followers.add(tending.follow_visit, places=True)
        followers.add(openings.follow_visit, places=True)
        followers.add(told_elsewhere.follow_visit)
        followers.watch(tending.time_taken)
        answers.after_answer.append(cover_tasks.follow_answer)
        sweeping.find_with(cover_tasks.LAPSING.look)
