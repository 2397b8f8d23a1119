from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "visits"

    def ready(self) -> None:
        from clinic.place import directory
        from visits import retiring

        directory.before_retiring.append(retiring.objection)
