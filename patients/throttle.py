"""How many public forms one address may send. Counted in the cache that all web processes share."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from clinic.errors import DomainError

HOUR = 3600
PREFIX = "form"


class TooMany(DomainError):
    status = 429
    title = "Too many requests from here"


class NotNow(DomainError):
    """The counters can't be reached; an uncounted form would be an open door, so it stays shut."""

    status = 503
    title = "The form is resting"


@dataclass(frozen=True)
class Limit:
    name: str
    for_each: int
    for_all: int


# Tries are cheap to a clumsy person and dear to a machine; what is kept reaches somebody's desk.
TRIES = Limit("tries", for_each=40, for_all=2000)
KEPT = Limit("kept", for_each=5, for_all=120)


def address_of(request: HttpRequest) -> str:
    """The sender's address behind the proxies we trust; of IPv6 the network, since one house holds very many."""
    try:
        address = ip_address(get_adapter().get_client_ip(request))
    except (PermissionDenied, ValueError):
        return "unknown"
    if isinstance(address, IPv6Address):
        return str(IPv6Address(int(address) >> 64 << 64))
    return str(address)


def count(request: HttpRequest, limit: Limit, *, within: str, call: str) -> None:
    """Count one more form. Raises TooMany past the limit of the address or of all, NotNow when it can't be counted."""
    sentence = f"Please call us instead: {call}." if call else "Please try again in an hour."
    for who, most in ((address_of(request), limit.for_each), ("all", limit.for_all)):
        key = f"{PREFIX}:{limit.name}:{within}:{who}"
        try:
            cache.add(key, 0, HOUR)
            sent = cache.incr(key)
        except Exception as error:
            raise NotNow(f"We can’t take a request here at the moment. {sentence}") from error
        if sent > most:
            raise TooMany(f"We can’t take another request from here for an hour. {sentence}")
