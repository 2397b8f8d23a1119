"""A second person signs with their own password, at the place where the first one is signed in."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.adapter import get_adapter
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from clinic.access import acting_user
from clinic.forms import CalmForm
from clinic.models import Site, User
from clinic.policy import GRANTS, Action


def possible(site: Site, by: User, action: Action = Action.KEEP_LEDGER) -> Any:
    """Those at the site who may do it (keep the ledger), without the one who is signed in."""
    roles = [role.value for role in GRANTS[action]]
    return (
        User.objects.filter(is_active=True, memberships__site=site, memberships__role__in=roles)
        .exclude(pk=by.pk)
        .distinct()
        .order_by("full_name")
    )


class WitnessForm(CalmForm, forms.Form):
    """The fields of a witness; pages add what is witnessed. The password is never sent back to the page."""

    action: ClassVar[Action] = Action.KEEP_LEDGER
    required_sentences: ClassVar[dict[str, str]] = {
        "witness": "Choose who saw it.",
        "password": "The witness types their own password here.",
    }

    witness = forms.ModelChoiceField(queryset=User.objects.none(), empty_label="Choose a colleague")
    password = forms.CharField(
        label="Password of the witness",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def __init__(
        self, *args: Any, site: Site, request: HttpRequest | None = None, by: User | None = None, **kwargs: Any
    ) -> None:
        self.request = request
        super().__init__(*args, **kwargs)
        signed_in = by or acting_user(request)  # type: ignore[arg-type]
        self.fields["witness"].queryset = possible(site, signed_in, self.action)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        witness, password = typed.get("witness"), typed.get("password")
        if witness and password:
            self._check(witness, password)
        return typed

    def _check(self, witness: User, password: str) -> None:
        try:
            found = get_adapter(self.request).authenticate(self.request, email=witness.email, password=password)
        except ValidationError as too_many:  # only wrong passwords count: one person may see ten doses in a minute
            raise ValidationError({"password": too_many.messages}) from too_many
        if found is None:
            raise ValidationError({"password": f"That is not the password of {witness.full_name}. Try again."})
