"""Payers: their numbers, what they ask, and which of their plans the site takes."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from clinic.api.declaring import Collection, Verb, site
from clinic.api.fields import Known, Whole, Words, like, one_of
from clinic.models import Site, User
from insurance import accepted, payer_profiles, payers
from insurance.models import AcceptedPlan, Payer, PayerProfile

DETAILS = ("name", "payer_id", "phone", "claims_address", "timely_filing_days", "is_active")
ASKED = tuple(payer_profiles.LIMITS)


def _edit(*, payer: Payer, site: Site, by: User, **typed: Any) -> Payer:
    """Change what is named of a payer. Raises NotFound, NotPermitted, Invalid."""
    said = {name: typed.get(name, getattr(payer, name)) for name in DETAILS}
    return payers.keep(site=site, payer=payer.pk, by=by, **said)


class Asks(serializers.ModelSerializer[PayerProfile]):
    """What the payer asks before it approves."""

    class Meta:
        model = PayerProfile
        fields = (*ASKED, "note", "policy", "kept_at", "kept_by")


PHONE = {"phone": Words(required=False, max_length=30)}
PAYERS = Collection(
    name="payers",
    model=Payer,
    rows=lambda user: Payer.objects.select_related("profile"),  # a payer is that of every site
    shows=("id", *DETAILS, "profile"),
    fields={"profile": Asks(read_only=True, allow_null=True)},
    filters={"name": Words(required=False, max_length=120)},
    by={"name": "name__icontains"},
    create=Verb(does=payers.keep, fields={**like(Payer, DETAILS, needs=("name",)), **PHONE}, given=site),
    update=Verb(does=_edit, record="payer", fields={**like(Payer, DETAILS), **PHONE}, given=site),
    verbs={
        "profile": Verb(
            does=payer_profiles.keep,
            record="payer_id",
            takes=("policy", "note"),
            fields={name: Whole(min_value=low, max_value=high) for name, (low, high) in payer_profiles.LIMITS.items()},
            given=site,
        ),
    },
)
ACCEPTED = Collection(
    name="accepted-plans",
    model=AcceptedPlan,
    rows=lambda user: AcceptedPlan.objects.filter(site__in=user.site_ids),
    shows=("id", "site", "payer", "plan_name", "standing", "note", "kept_at", "kept_by"),
    filters={"payer": serializers.UUIDField(required=False)},
    by={"payer": "payer_id"},
    create=Verb(
        does=accepted.keep,
        takes=("plan_name", "note"),
        fields={"payer": Known(Payer), "standing": one_of(AcceptedPlan.Standing)},
        given=site,
        sited=True,
    ),
    verbs={"drop": Verb(does=accepted.drop, record="accepted_id", leaves=True)},
)

COLLECTIONS: tuple[Collection, ...] = (PAYERS, ACCEPTED)
