"""The room's entry in the house."""

from django.apps import AppConfig


class PatientsConfig(AppConfig):
    name = "patients"

    def ready(self) -> None:
        from clinic.frame import count_for
        from clinic.policy import Action
        from patients import giving, links
        from patients.imports import past
        from patients.inquiries import WAITING

        past.register()
        count_for("patients:inquiries", WAITING, Action.HANDLE_INQUIRIES)
        links.starts["intake"] = "linked:intake"
        links.starts[giving.PURPOSE] = "linked:measures"
