"""Where other systems may be told: public addresses over https, so that nobody reaches into the clinic's own network.

A name is resolved once for each call, all it resolves to is looked at, and the call goes to the address that was
looked at: a name that answers differently a second time (DNS rebinding) gains nothing. OWASP, Server-Side Request
Forgery Prevention.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from clinic.errors import Invalid

LONGEST = 500
HERE = frozenset({"localhost", "127.0.0.1", "::1"})
"""Allowed outside production, so that whoever builds a receiver can try it on their own machine."""
NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last four bytes are an IPv4 address


@dataclass(frozen=True)
class Target:
    """An address that was looked at, and the number to which the call goes."""

    url: str
    ip: str


def target(address: str) -> Target:
    """Where to call for this address, now. Raises Invalid with a sentence."""
    parts = _parts(address)
    host = str(parts.hostname)
    try:
        found = socket.getaddrinfo(host, parts.port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Invalid({"address": f"Nothing is known of “{host}”. Look at the spelling."}) from None
    numbers = [str(one[4][0]) for one in found]
    if not _is_here(host) and not all(is_public(number) for number in numbers):
        raise Invalid({"address": f"“{host}” lies in a private network. Use an address that is public."})
    return Target(address, numbers[0])


def _parts(address: str) -> SplitResult:
    """What the address is made of. Raises Invalid."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise Invalid({"address": "This is no address of the web."}) from None
    wrong = ""
    if not host or len(address) > LONGEST or not address.isascii() or not address.isprintable() or " " in address:
        wrong = "This is no address of the web."
    elif parts.username is not None or parts.fragment:
        wrong = "Leave out the user name, the password and what stands behind “#”."
    elif parts.scheme != "https" and not (parts.scheme == "http" and _is_here(host)):
        wrong = "Use an address that begins with https://."
    if wrong:
        raise Invalid({"address": wrong})
    return parts


def _is_here(host: str) -> bool:
    return not settings.PRODUCTION and host in HERE


def is_public(number: str) -> bool:
    """Whether a number is one of the open internet; what is wrapped into an IPv6 number is looked at too."""
    ip = ip_address(number.partition("%")[0])
    return all(one.is_global and not one.is_multicast for one in (ip, *_within(ip)))


def _within(ip: IPv4Address | IPv6Address) -> list[IPv4Address]:
    if isinstance(ip, IPv4Address):
        return []
    nat64 = IPv4Address(int(ip) & 0xFFFFFFFF) if ip in NAT64 else None
    wrapped = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ()), nat64]
    return [one for one in wrapped if one is not None]
