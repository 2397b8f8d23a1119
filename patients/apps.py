"""The room's entry in the house."""

from django.apps import AppConfig


class PatientsConfig(AppConfig):
    name = "patients"

    def ready(self) -> None:
        from clinic.frame import count_for
        from patients import giving, links
        from patients.imports import past
        from patients.inquiries import waiting

        past.register()
        count_for("patients:inquiries", waiting)
        links.starts["intake"] = "linked:intake"
        links.starts[giving.PURPOSE] = "linked:measures"
