"""Proving again who is there, before what can't be taken back: to sign, export, break glass, manage users (ADR 28).

A proof is the password, a code of the second factor, or, to sign on a tablet of the clinic, the PIN. Signing in and
opening a locked page are proofs too, so that nobody is asked twice in a row. `ASKS` says which forms want how fresh a
one; a page asks for itself by `require_fresh(request)`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import quote

from allauth.account.adapter import get_adapter
from allauth.mfa.base.forms import ReauthenticateForm
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_variables

from clinic import clock, sessions, tablets
from clinic.access import acting_user
from clinic.errors import DomainError, Invalid

PASSWORD, CODE, PIN = "proof_password", "proof_code", "proof_pin"
FIELDS = (PASSWORD, CODE, PIN)
ASKED = "proof_asked"  # what a page of its own was asked for, sealed, so that a wrong proof is told it again
LONG_AWAY = timedelta(hours=1)


class ProofNeeded(DomainError):
    """The session lives, but nobody proved lately that its owner still sits there, who is about `to` do something."""

    status = 403
    title = "Is it still you?"
    kind = "proof-needed"  # the type of the API's problem

    def __init__(self, to: str, *, by_pin: bool = False, wrong: str = "") -> None:
        self.to, self.by_pin, self.wrong = to, by_pin, wrong
        super().__init__(f"You are about to {to}. That is for you alone, so prove once more that it is you.")


class TooMany(DomainError):
    """Wrong proofs have been counted; the sentence says how long to wait."""

    status = 429
    title = "Too many tries"


class Ask(NamedTuple):
    """What a form does, how fresh a proof it wants, whether a PIN will do, which `press` of it asks ("": every one)."""

    to: str
    minutes: Callable[[], int]
    by_pin: bool
    press: str = ""

    def wants(self, request: HttpRequest) -> bool:
        """Whether this is the press that asks: a draft is saved without."""
        return not self.press or request.POST.get("press") == self.press or self.press in request.POST


def _to_sign() -> int:
    return int(settings.SIGN_PROOF_MINUTES)


def _grave() -> int:
    return int(settings.PROOF_MINUTES)


_GRAVE = {
    "clinic:person-new": "give somebody an account",
    "clinic:person-edit": "change somebody’s account",
    "clinic:person-roles": "change what somebody may do here",
    "clinic:person-deactivate": "close somebody’s account",
    "clinic:person-reactivate": "open somebody’s account again",
    "clinic:person-second-factor": "take away somebody’s second step, so that they set up a new one",
    "clinic:person-invite": "send somebody a link that opens their account",
    "clinic:tablets": "make this browser a tablet of the clinic",
    "clinic:tokens": "make a token, with which another system acts in your name",
    "infusions:devices": "let a monitor or pump send readings",
    "journey:export": "take a whole record out of the house",
    "reminders:webhooks": "have another system told of what happens here",
    "reminders:webhook-secret": "make a new secret for another system",
}
_SIGN = {
    "clinic:protocol-sign": "sign the protocol settings",
    "patients:evaluation-sign": "sign an evaluation",
    "infusions:orders": "sign an order",
    "infusions:order-countersign": "sign an order as the second person",
    "infusions:override": "let an infusion start against the gate",
    "infusions:note-sign": "sign the note of an infusion",
    "infusions:note-addendum": "add to a signed note",
    "infusions:adverse-review": "sign the review of an adverse event",
    "infusions:review": "sign a response review",
    "infusions:booster-plan": "sign a booster plan",
    "journey:summary-sign": "sign a summary for another clinician",
    "therapy:addendum": "add to a signed note",
    "therapy:cosign": "co-sign a colleague’s note",
    "therapy:referral-new": "sign a referral",
}
_SIGN_BY_PRESS = {
    "therapy:write": ("sign", "sign the note of a session"),
    "patients:safety-plan-save": ("sign", "sign a safety plan"),
    "therapy:plan-write": ("give", "give the integration plan to the patient"),
}
ASKS: dict[str, Ask] = {
    **{route: Ask(to, _grave, by_pin=False) for route, to in _GRAVE.items()},
    **{route: Ask(to, _to_sign, by_pin=True) for route, to in _SIGN.items()},
    **{route: Ask(to, _to_sign, by_pin=True, press=press) for route, (press, to) in _SIGN_BY_PRESS.items()},
}


@sensitive_variables()
def require_fresh(request: HttpRequest, *, to: str, minutes: int | None = None, by_pin: bool = False) -> None:
    """Raise ProofNeeded unless the person proved who they are within the last `minutes` (5, by the settings).

    `to` ends the sentence “You are about to …”.
    A proof may come with the request itself; it is taken out of the form before anybody else reads that. Who comes by
    a token has nothing to prove with, and is refused.
    """
    now = clock.now()
    limit = timedelta(minutes=_grave() if minutes is None else minutes)
    if any(now - moment <= limit for moment in _proofs(request, by_pin)):
        return
    given = {name: request.POST.get(name, "") for name in FIELDS} if request.method == "POST" else {}
    if not any(given.values()) or not hasattr(request, "session"):
        raise ProofNeeded(to, by_pin=by_pin)
    try:
        prove(request, password=given[PASSWORD], code=given[CODE], pin=given[PIN] if by_pin else "")
    except DomainError as wrong:
        raise ProofNeeded(to, by_pin=by_pin, wrong=wrong.sentence) from wrong
    request.POST = _without_proof(request)


def _proofs(request: HttpRequest, by_pin: bool) -> list[datetime]:
    """When the person signed in, and proved since who they are. An empty session belongs to a token.

    A session that a PIN opened began with the password of that shift: nobody gave it now, however young it is.
    """
    held = getattr(request, "session", {})
    signed_in = [] if held.get(sessions.PROVED_BY_PIN) else [sessions.STARTED]
    names = [*signed_in, sessions.PROVED] + ([sessions.PROVED_BY_PIN] if by_pin else [])
    return [datetime.fromisoformat(held[name]) for name in names if held.get(name)]


@sensitive_variables()
def prove(request: HttpRequest, *, password: str = "", code: str = "", pin: str = "") -> None:
    """Take one of the three as proof. Raises Invalid or Refused, with what to do; wrong ones are counted."""
    if pin:
        tablets.open_with_pin(request, pin=pin)
    elif code:
        form = ReauthenticateForm(user=acting_user(request), data={"code": code.strip()})
        if not form.is_valid():
            raise Invalid("That code does not fit. Wait for the next one, then type it.")
        form.save()
    else:
        _by_password(request, password)
    if not pin:
        sessions.unlocked(request)


@sensitive_variables()
def unlock(request: HttpRequest, *, password: str, code: str) -> None:
    """Open a page that locked itself: by the password, or by a code of the second factor.

    Who was away for longer than an hour gives both, where there is a second factor: by then the session is hardly
    more than a sign-in that somebody left behind (NIST SP 800-63B, reauthentication at AAL2).
    """
    if request.session.get(sessions.TWO_STEP) and sessions.away(request) > LONG_AWAY:
        if not (password and code):
            raise Invalid("You were away for more than an hour. Give your password and the code of your app.")
        prove(request, code=code)
    prove(request, password=password, code="" if password else code)


@sensitive_variables()
def _by_password(request: HttpRequest, password: str) -> None:
    user = acting_user(request)
    try:
        found = get_adapter(request).authenticate(request, email=user.email, password=password)
    except ValidationError as too_many:
        raise TooMany(too_many.messages[0]) from too_many
    if found is None:
        raise Invalid("That is not your password. Try again.")
    tablets.proved(request, user)


def _without_proof(request: HttpRequest) -> Any:
    form = request.POST.copy()
    for name in FIELDS:
        form.pop(name, None)
    form._mutable = False
    return form


def asked_page(request: HttpRequest, asked: ProofNeeded) -> HttpResponse:
    """The question: over the page for what the page's scripts sent, else a page that sends on what was typed."""
    if request.headers.get("HX-Request") or request.headers.get("X-Requested-With"):
        response = render(request, "frame/refused_part.html", {"error": asked}, status=401)
        response["X-Evenkeel-Locked"] = response["X-Evenkeel-Prove"] = "1"
        response["X-Evenkeel-Asks"] = quote(asked.sentence)
        return response
    back = request.headers.get("Referer", "/")
    action, typed = request.get_full_path(), _typed(request)
    if request.method != "POST":
        action, typed = reverse("clinic:prove"), [("next", request.get_full_path()), (ASKED, _sealed(asked))]
    context = {
        "asked": asked,
        "action": action,
        "typed": typed,
        "with_pin": asked.by_pin and acting_user(request) in tablets.colleagues(request),
        "with_code": request.session.get(sessions.TWO_STEP),
        "back": back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "/",
    }
    return render(request, "frame/prove.html", context, status=401)


def asked_again(request: HttpRequest, *, wrong: str) -> HttpResponse:
    """The same question once more, with what was wrong; of a form that nobody sealed, in general words."""
    try:
        to, by_pin = signing.loads(request.POST.get(ASKED, ""), salt=ASKED)
    except signing.BadSignature:
        to, by_pin = "go on", False
    return asked_page(request, ProofNeeded(to, by_pin=by_pin, wrong=wrong))


def _sealed(asked: ProofNeeded) -> str:
    return signing.dumps([asked.to, asked.by_pin], salt=ASKED)


def _typed(request: HttpRequest) -> list[tuple[str, Any]]:
    """What the form held, to be sent again: it stays with the person, the server keeps none of it meanwhile."""
    hidden = {"csrfmiddlewaretoken", *FIELDS}
    return [(name, value) for name, values in request.POST.lists() if name not in hidden for value in values]


class fresh_proofs:  # noqa: N801 - named as the rest of the list in settings
    """Ask before the forms that `ASKS` names. Stands behind the policy: who may not sign is not asked to prove."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        ask = ASKS.get(request.resolver_match.view_name) if request.resolver_match else None
        if ask is None or request.method != "POST" or not ask.wants(request):
            return None
        try:
            require_fresh(request, to=ask.to, minutes=ask.minutes(), by_pin=ask.by_pin)
        except ProofNeeded as asked:
            return asked_page(request, asked)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return asked_page(request, exception) if isinstance(exception, ProofNeeded) else None
