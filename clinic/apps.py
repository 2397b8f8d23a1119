from django.apps import AppConfig


class ClinicConfig(AppConfig):
    name = "clinic"

    def ready(self) -> None:
        from allauth.account.signals import authentication_step_completed, user_logged_in
        from allauth.mfa import signals as mfa
        from allauth.mfa.models import Authenticator

        from clinic import (
            accounts,
            checks,  # noqa: F401 - registers the deploy checks
            heartbeats,
            metrics,
            rotation,
            tablets,
            tracing,
        )
        from clinic.models.tokens import KeptAnswer

        user_logged_in.connect(tablets.after_sign_in, dispatch_uid="clinic.tablets")
        user_logged_in.connect(accounts.after_sign_in, dispatch_uid="clinic.accounts")
        authentication_step_completed.connect(accounts.after_proof, dispatch_uid="clinic.accounts")
        for changed in (mfa.authenticator_added, mfa.authenticator_removed, mfa.authenticator_reset):
            changed.connect(accounts.after_change, dispatch_uid="clinic.accounts")
        rotation.columns += [
            rotation.of_json(Authenticator, "data", keys=("secret", "seed"), context=lambda key: "mfa"),
            rotation.of_text(KeptAnswer, "answer", context=lambda row: f"kept_answer.{row.pk}"),
        ]
        heartbeats.listen()
        tracing.listen()
        metrics.listen()
