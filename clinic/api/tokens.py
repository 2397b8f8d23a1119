"""Tokens: a key with which another system acts as one person, in one role, at one site.

The secret is shown once; a digest is kept (django-rest-knox). A token is worth what its person still holds: a role
that is taken, a person who is deactivated and a token that is revoked are refused at the next request.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from knox.auth import TokenAuthentication
from knox.models import get_digest_token
from knox.settings import CONSTANTS
from rest_framework.exceptions import AuthenticationFailed

from clinic import clock
from clinic.errors import Invalid, NotFound, NotPermitted
from clinic.models import ApiToken, Site, User
from clinic.policy import Action, Role, can

MOST_DAYS = 365
USED_GRAIN = timedelta(minutes=5)


@transaction.atomic
def issue(*, user: User, role: Role, site: Site, name: str, days: int, by: User | None = None) -> tuple[ApiToken, str]:
    """A new token of the person and its secret, which nobody sees again. Raises Invalid, NotPermitted.

    Nobody makes a key to somebody else's rights; a command on the server, which has no `by`, may.
    """
    if by is not None and by.pk != user.pk:
        raise NotPermitted("A token carries your own rights: only you can make it.")
    problems = {}
    if not name.strip() or len(name.strip()) > 60:
        problems["name"] = "Name the system that will hold the token in 60 characters or fewer."
    if not 1 <= days <= MOST_DAYS:
        problems["days"] = f"A token lives for 1 to {MOST_DAYS} days."
    if not user.is_active or role not in user.roles_at(site):
        problems["role"] = f"{user.full_name} is not {Role(role).label.lower()} at {site.name}."
    if problems:
        raise Invalid(problems)
    digest, secret = get_digest_token()
    now = clock.now()
    made = ApiToken(digest=digest, token_key=secret[: CONSTANTS.TOKEN_KEY_LENGTH], user=user, role=role, site=site)
    made.name, made.created, made.expiry, made.made_by = name.strip(), now, now + timedelta(days=days), by
    made.save(force_insert=True)
    return made, secret


@transaction.atomic
def revoke(*, token_id: UUID, by: User) -> ApiToken:
    """Close a token from the next request on: one's own, or any of a site that one manages. Raises NotFound."""
    token = ApiToken.objects.select_for_update(of=("self",)).select_related("site", "user").filter(pk=token_id).first()
    if token is None or not may_revoke(token, by):
        raise NotFound
    if token.revoked_at is None:
        token.revoked_at, token.revoked_by = clock.now(), by
        token.save(update_fields=["revoked_at", "revoked_by"])
    return token


def may_revoke(token: ApiToken, by: User) -> bool:
    return token.user_id == by.pk or can(by, Action.MANAGE_CLINIC, token.site)


class Tokens(TokenAuthentication):
    """Knox reads the header and compares digests; what is over is refused, not deleted: it stays in the list."""

    def _cleanup_token(self, auth_token: ApiToken) -> bool:
        return not auth_token.is_open

    def validate_user(self, auth_token: ApiToken) -> tuple[User, ApiToken]:
        user, _ = super().validate_user(auth_token)
        held = [one for one in user.roles_held if one.role == auth_token.role and one.site_id == auth_token.site_id]
        if not held:
            raise AuthenticationFailed("The person of this token does not hold its role at its site any more.")
        user.roles_held = held  # every policy check and every list of sites follows from these
        now = clock.now()
        if auth_token.last_used_at is None or now - auth_token.last_used_at > USED_GRAIN:
            ApiToken.objects.filter(pk=auth_token.pk).update(last_used_at=now)
        return user, auth_token
