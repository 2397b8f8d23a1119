"""Table A as a site uses it, version by version."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from clinic import settings_versions
from clinic.api.declaring import Collection, Verb, site_id
from clinic.api.fields import Whole, Words, like
from clinic.models import ProtocolSettings, User
from clinic.place.api.places import of_sites


def _make(*, site_id: UUID, note: str, by: User, based_on: int | None = None, **changes: Any) -> ProtocolSettings:
    """Make the next version out of the newest and what is named; the first may be Table A as it proposes.

    `based_on` is the version that was read; if a newer one was made since, nothing is done. Raises NotPermitted,
    Invalid.
    """
    return settings_versions.new_version(site_id=site_id, changes=changes, note=note, based_on=based_on, by=by)


PROTOCOL = Collection(
    name="protocol",
    model=ProtocolSettings,
    rows=of_sites(ProtocolSettings),
    shows=(
        "id", "site", "version", "made_at", "made_by", "note", "signed_at", "signed_by", *settings_versions.FIELDS,
    ),
    create=Verb(
        does=_make,
        fields={
            **like(ProtocolSettings, settings_versions.FIELDS),
            "note": Words(max_length=300, help_text="Why, for whoever signs it."),
            "based_on": Whole(required=False, min_value=0),
        },
        given=site_id,
        sited=True,
    ),
    verbs={"sign": Verb(does=settings_versions.sign, record="settings_id")},
)  # fmt: skip

COLLECTIONS: tuple[Collection, ...] = (PROTOCOL,)
