"""Tablets of the clinic: they lock after two minutes (Table A, auto_logoff), and a PIN opens them again.

The PIN is worth nothing without the tablet, whose secret lies in a cookie, and without a password given on that tablet
in the same shift. Three wrong ones, whoever typed them, and only the person's password helps.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.hashers import check_password, make_password
from django.core.cache import cache
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from clinic import clock, sessions
from clinic.access import acting_user
from clinic.errors import Invalid, NotFound, Refused
from clinic.models import Pin, Site, Tablet, TabletProof, User
from clinic.policy import Action, require

COOKIE = "evenkeel_tablet"
WRONG = "evenkeel_wrong_pins"
MOST_WRONG = 3
EASY = "01234567890 98765432109"


@transaction.atomic
def register(*, site: Site, name: str, by: User, lock_minutes: int = 2) -> tuple[Tablet, str]:
    """Make a browser known as a tablet; answers it and the secret for its cookie. Raises NotPermitted, Invalid."""
    require(by, Action.MANAGE_CLINIC, at=site)
    problems = {}
    if not name.strip() or len(name.strip()) > 60:
        problems["name"] = "Name the tablet in 60 characters or fewer: Room 2, trolley."
    if not 1 <= lock_minutes <= 10:
        problems["lock_minutes"] = "A tablet locks after 1 to 10 minutes."
    if problems:
        raise Invalid(problems)
    token = secrets.token_urlsafe(32)
    made = Tablet.objects.create(
        site=site, name=name.strip(), token_hash=_hash(token), lock_minutes=lock_minutes, registered_by=by
    )
    return made, token


@transaction.atomic
def revoke(*, tablet_id: UUID, by: User) -> Tablet:
    """A lost tablet is a browser like any other from now on. Raises NotFound, NotPermitted."""
    tablet = Tablet.objects.select_for_update(of=("self",)).select_related("site").filter(pk=tablet_id).first()
    if tablet is None:
        raise NotFound
    require(by, Action.MANAGE_CLINIC, at=tablet.site)
    if tablet.revoked_at is None:
        tablet.revoked_at, tablet.revoked_by = clock.now(), by
        tablet.save(update_fields=["revoked_at", "revoked_by"])
    return tablet


@transaction.atomic
def set_pin(*, pin: str, by: User) -> Pin:
    """A person's own PIN; the door has just asked for the password. Raises Invalid."""
    if not (pin.isascii() and pin.isdigit() and 4 <= len(pin) <= 8):
        raise Invalid({"pin": "A PIN has 4 to 8 digits."})
    if len(set(pin)) == 1 or pin in EASY:
        raise Invalid({"pin": "This one is guessed first. Take other digits."})
    made, _ = Pin.objects.update_or_create(user=by, defaults={"secret": make_password(pin), "set_at": clock.now()})
    return made


def of(request: HttpRequest) -> Tablet | None:
    """The tablet that this browser is, unless it was revoked."""
    token = request.COOKIES.get(COOKIE, "")
    return Tablet.objects.filter(token_hash=_hash(token), revoked_at=None).first() if token else None


def proved(request: HttpRequest, user: User) -> None:
    """The person gave a password here: on a tablet it locks early from now on, and the PIN counts for a shift."""
    tablet = of(request)
    if tablet is None:
        request.session.pop(sessions.IDLE, None)
        return
    cache.delete(_tries(tablet, user))
    request.session[sessions.IDLE] = tablet.lock_minutes
    TabletProof.objects.update_or_create(tablet=tablet, user=user, defaults={"proved_at": clock.now()})


def after_sign_in(request: HttpRequest, user: User, **_: Any) -> None:
    """Receiver of the end of a whole sign-in, the second factor with it: its clocks start here."""
    sessions.began(request)
    proved(request, user)


def colleagues(request: HttpRequest) -> QuerySet[User]:
    """Who may open this tablet with a PIN now: those with one who gave their password here in this shift."""
    tablet = of(request)
    if tablet is None:
        return User.objects.none()
    return User.objects.filter(
        is_active=True, pin__isnull=False, memberships__site=tablet.site, pk__in=_fresh(tablet).values("user")
    ).distinct()


def open_with_pin(request: HttpRequest, *, pin: str, person_id: UUID | None = None) -> User:
    """Open the locked tablet: for the same person, or for a colleague, who is then the one signed in.

    Raises Refused when only a password helps, Invalid for a wrong PIN.
    """
    now, tablet = acting_user(request), of(request)
    person = colleagues(request).filter(pk=person_id or now.pk).select_related("pin").first()
    if person is None or tablet is None:
        raise Refused("The PIN works after a sign-in with the password on this tablet. Give your password.")
    tries = _tries(tablet, person)
    cache.add(tries, 0, settings.ABSOLUTE_SESSION_HOURS * 3600)
    if cache.incr(tries) > MOST_WRONG:  # counted before it is looked at: guesses sent at once count too
        raise Refused("Three PINs were wrong. Give your password.")
    if not check_password(pin, person.pin.secret):
        raise Invalid({"pin": "That is not the PIN. Try again."})
    if person.pk != now.pk:
        _switch(request, person)
    cache.delete(tries)
    sessions.unlocked(request, by_pin=True)
    return person


def _tries(tablet: Tablet, person: User) -> str:
    return f"{WRONG}:{tablet.pk}:{person.pk}"


def _switch(request: HttpRequest, person: User) -> None:
    """The session of the one who leaves ends; the new one ends when the password's shift does."""
    tablet = of(request)
    proof = TabletProof.objects.get(tablet=tablet, user=person)
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session[sessions.STARTED] = proof.proved_at.isoformat()
    if tablet:
        request.session[sessions.IDLE] = tablet.lock_minutes


def _fresh(tablet: Tablet) -> QuerySet[TabletProof]:
    return TabletProof.objects.filter(tablet=tablet, proved_at__gt=_shift_began())


def _shift_began() -> datetime:
    return clock.now() - timedelta(hours=settings.ABSOLUTE_SESSION_HOURS)


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
