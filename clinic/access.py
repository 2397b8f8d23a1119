"""Which site a person is working at, and what they can see of it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import cast
from urllib.parse import urlsplit
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import Resolver404, resolve

from clinic.composed import ComposedInsert
from clinic.errors import NotFound
from clinic.models import ReadEvent, Site, User
from clinic.policy import Action, Door, can
from clinic.routes import ROUTES

SITE_KEY = "evenkeel_site"
READS = ComposedInsert(ReadEvent)


def acting_user(request: HttpRequest) -> User:
    """The signed-in user; the policy middleware has seen to it that there is one."""
    return cast("User", request.user)


def sites_of(user: User) -> list[Site]:
    """The user's sites by name, each once, from the roles already read."""
    seen: dict[object, Site] = {}
    for held in user.roles_held:
        seen.setdefault(held.site_id, held.site)
    return list(seen.values())


def current_site(request: HttpRequest) -> Site:
    """The site chosen in this session, or the user's first. Raises NotFound for a user without a site."""
    sites = sites_of(acting_user(request))
    if not sites:
        raise NotFound("You have no role at any site yet. Ask the clinic admin for one.")
    chosen = request.session.get(SITE_KEY)
    return next((site for site in sites if str(site.pk) == chosen), sites[0])


def may_open(user: User, address: str, at: Site) -> bool:
    """Whether the page at this address of the house is one for the user's roles at the site."""
    if not address:
        return False
    rule = ROUTES.get(_view_at(urlsplit(address).path))
    return can(user, rule, at) if isinstance(rule, Action) else rule in (Door.PUBLIC, Door.SIGNED_IN)


@lru_cache(maxsize=1024)
def _view_at(path: str) -> str:
    """The name of the view behind a path; nothing where there is none. A list asks for the same ones all day."""
    try:
        return resolve(path).view_name
    except Resolver404:
        return ""


def address_of(request: HttpRequest) -> str | None:
    """Whence the request came, past the proxies that we trust; None where that is no address."""
    try:
        address: str = get_adapter().get_client_ip(request)  # which has read it as an address, and knows no other
    except PermissionDenied:
        return None
    return address


def log_read(request: HttpRequest, *, patient_id: UUID, what: str, reason: str = "") -> None:
    """Write that a patient's record is being opened. If this can't be written, the page is not shown."""
    log_reads(request, patient_ids=(patient_id,), what=what, reason=reason)


def log_reads(request: HttpRequest, *, patient_ids: Iterable[UUID], what: str, reason: str = "") -> None:
    """The same for a list that shows many patients by name: a line for each of them."""
    READS.write(reads(request, patient_ids=patient_ids, what=what, reason=reason))


def reads(request: HttpRequest, *, patient_ids: Iterable[UUID], what: str, reason: str = "") -> list[ReadEvent]:
    """Those lines, for who writes them along with what is done to the patient (`READS`)."""
    route = request.resolver_match.view_name if request.resolver_match else ""
    request_id, address = getattr(request, "request_id", ""), address_of(request)
    user_id = acting_user(request).pk
    return [
        ReadEvent(
            user_id=user_id, patient_id=pk, what=what, route=route, request_id=request_id, reason=reason,
            address=address,
        )
        for pk in set(patient_ids)
    ]  # fmt: skip
