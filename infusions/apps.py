from django.apps import AppConfig


class InfusionsConfig(AppConfig):
    name = "infusions"

    def ready(self) -> None:
        from infusions.series import follow_visit
        from visits import followers

        followers.add(follow_visit)
