from django.apps import AppConfig


class InfusionsConfig(AppConfig):
    name = "infusions"

    def ready(self) -> None:
        from clinic import frame
        from infusions import adverse, questionnaires
        from infusions.lengths import known
        from infusions.series import follow_visit, resting
        from visits import followers, lengths, matching

        followers.add(follow_visit)
        followers.add(questionnaires.follow)
        lengths.know_from(known)
        matching.pauses.append(resting)
        frame.count_for("infusions:adverse-events", lambda user, site: adverse.waiting(site))
