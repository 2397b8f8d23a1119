from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "visits"

    def ready(self) -> None:
        from clinic.place import directory
        from insurance import authorizations
        from visits import retiring, units

        authorizations.count_with(units.infusion_days)
        directory.before_retiring.append(retiring.objection)
