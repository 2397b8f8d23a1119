"""How staff sign in: no self sign-up, and second-factor secrets encrypted at rest."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from clinic import crypto


class ClosedAccountAdapter(DefaultAccountAdapter):
    """Accounts are made by the clinic admin alone."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "This email and this password don’t fit together. Check both, and try again.",
        "too_many_login_attempts": "Too many tries. Wait five minutes, then try again.",
        "enter_current_password": "This is not your present password.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class EncryptedMFAAdapter(DefaultMFAAdapter):
    """allauth keeps second-factor secrets in clear unless told otherwise."""

    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text, context="mfa")

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(encrypted_text, context="mfa")
