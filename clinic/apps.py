from django.apps import AppConfig


class ClinicConfig(AppConfig):
    name = "clinic"

    def ready(self) -> None:
        from allauth.account.signals import user_logged_in

        from clinic import (
            checks,  # noqa: F401 - registers the deploy checks
            heartbeats,
            tablets,
        )

        user_logged_in.connect(tablets.after_sign_in, dispatch_uid="clinic.tablets")
        heartbeats.listen()
