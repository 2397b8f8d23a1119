"""What a page asks a fresh proof for, a token alone does not do: its person's password comes with it (ADR 28, 36)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from allauth.account.adapter import get_adapter
from django.core.exceptions import ValidationError
from django.views.decorators.debug import sensitive_variables
from rest_framework import serializers
from rest_framework.request import Request

from clinic.models import User
from clinic.reauth import ASKS, PASSWORD, ProofNeeded, TooMany

WORDS = "The password of the token’s person: a token alone does not do this."
FIELDS = {
    PASSWORD: serializers.CharField(required=False, max_length=200, trim_whitespace=False, help_text=WORDS),
}


@sensitive_variables()
def require(request: Request, page: str) -> None:
    """Raise ProofNeeded unless the request brings what the page of this name asks for; wrong ones are counted.

    Asked outside of the transaction of the effect: no refusal takes the count back.
    """
    to, typed = ASKS[page].to, request.data
    password = str(typed.get(PASSWORD) or "") if isinstance(typed, Mapping) else ""
    if not password:
        raise ProofNeeded(to)
    asked, user = request._request, cast("User", request.user)
    try:
        found = get_adapter(asked).authenticate(asked, email=user.email, password=password)
    except ValidationError as too_many:
        raise TooMany(too_many.messages[0]) from too_many
    if found is None:
        raise ProofNeeded(to, wrong="That is not your password.")
