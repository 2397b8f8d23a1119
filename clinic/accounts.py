"""How staff sign in: no self sign-up, a second factor where the house asks for one, its secrets encrypted at rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from clinic import crypto, sessions
from clinic.access import acting_user
from clinic.composed import Composed
from clinic.gathering import Given
from clinic.models import User
from clinic.policy import Door
from clinic.routes import ROUTES

# What a person without a second factor may open where the house asks for one: the way to set it up, and the way out.
_OPEN_WITHOUT = ("account_", "mfa_", "clinic:unlock", "clinic:prove", "clinic:switch-in")


_HELD = Composed(User.roles_of(Given("user")).select_related("user", "site"), prepared=True)


class StaffBackend(AuthenticationBackend):
    """Reads the person of a session and the roles they hold at once: no request does without either."""

    def get_user(self, user_id: Any) -> User | None:
        held = _HELD.read(user=user_id)
        if not held:
            person: User | None = super().get_user(user_id)
            return person
        user = held[0].user
        user.roles_held = held
        return user if self.user_can_authenticate(user) else None


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

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Wrong passwords are counted for the person. The library counts them for the name of the host as well, and who
        asks chooses that: another port in it would begin anew."""
        return str(credentials.get("email", "")).lower()


class EncryptedMFAAdapter(DefaultMFAAdapter):
    """allauth keeps second-factor secrets in clear unless told otherwise."""

    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text, context="mfa")

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(encrypted_text, context="mfa")

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Where a second factor is asked for, a person replaces it by way of the clinic admin, and never drops it."""
        return not settings.SECOND_FACTOR_REQUIRED


def has_second_factor(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).exists())


def after_sign_in(request: HttpRequest, user: User, **_: Any) -> None:
    """Receiver of the end of a whole sign-in: the session knows whether there is a second factor."""
    request.session[sessions.TWO_STEP] = has_second_factor(user)


def after_proof(request: HttpRequest, *, reauthenticated: bool = False, **_: Any) -> None:
    """Receiver of a step of authentication: what the account's own pages ask for is a proof everywhere."""
    if reauthenticated:
        sessions.unlocked(request)


def after_change(request: HttpRequest, user: User, **_: Any) -> None:
    """Receiver of a new, removed or renewed second factor: every other session of the person ends."""
    request.session[sessions.TWO_STEP] = has_second_factor(user)
    for one in UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key):
        one.end()


class second_factor:  # noqa: N801 - named as the rest of the list in settings
    """Where the house asks for a second factor, who has none can do nothing but set it up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not settings.SECOND_FACTOR_REQUIRED or not request.user.is_authenticated:
            return None
        if getattr(request, "auth", None):  # a token has no session: it was made in one, behind this very door
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name.startswith(_OPEN_WITHOUT) or ROUTES.get(name) is Door.PUBLIC or self._has_one(request):
            return None
        if request.method == "GET" and not request.headers.get("HX-Request"):
            messages.info(
                request, "This clinic asks for a second step at signing in. Set it up now: it takes a minute."
            )
            return redirect("mfa_activate_totp")
        return render(request, "403.html", status=403)

    def _has_one(self, request: HttpRequest) -> bool:
        """The session remembers a yes; a no is looked at anew, since it may have been set up elsewhere."""
        if not request.session.get(sessions.TWO_STEP):
            request.session[sessions.TWO_STEP] = has_second_factor(acting_user(request))
        return bool(request.session[sessions.TWO_STEP])
