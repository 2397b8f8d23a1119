"""Protocol settings are versioned: a change makes a new version, which a provider signs."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.db.models import QuerySet

from clinic import clock
from clinic.composed import Composed
from clinic.errors import Invalid
from clinic.gathering import Given
from clinic.models import ProtocolSettings, Site, User
from clinic.policy import Action, require
from clinic.protocol import ORDERS, ProtocolValues

FIELDS = tuple(field.name for field in ProtocolValues._meta.get_fields())


# Nearly every verb asks this, some several times: to compose it anew each time costs twice what it costs to ask.
_NEWEST = Composed(ProtocolSettings.objects.filter(site=Given("site")).order_by("-version")[:1], prepared=True)


def current(site: Site) -> ProtocolSettings:
    """The newest version of the site's settings; the defaults of Table A, unsaved, while there is none."""
    return _NEWEST.first(site=site.pk) or unset(site)


def newest() -> QuerySet[ProtocolSettings]:
    """The newest version of every site that has one."""
    return ProtocolSettings.objects.order_by("site_id", "-version").distinct("site_id")


def unset(site: Site) -> ProtocolSettings:
    return ProtocolSettings(site=site, version=0)


@transaction.atomic
def new_version(
    *, site_id: Any, changes: dict[str, Any], note: str, by: User, based_on: int | None = None
) -> ProtocolSettings:
    """Make the next version out of the newest and `changes`. Raises NotPermitted, Invalid.

    `based_on` is the version that was read before the change; if a newer one was made since, nothing is done.
    """
    site = Site.objects.select_for_update().get(pk=site_id)
    require(by, Action.MANAGE_CLINIC, at=site)
    unknown = set(changes) - set(FIELDS)
    if unknown:
        raise Invalid(f"There is no setting called {', '.join(sorted(unknown))}.")
    if not note.strip():
        raise Invalid({"note": "Write why, for whoever signs it and for those who come later."})
    base = current(site)
    if based_on is not None and based_on != base.version:
        raise Invalid(f"Version {base.version} was made while you were writing. Look at it, then change it.")
    if base.version and all(getattr(base, name) == value for name, value in changes.items()):
        raise Invalid("Nothing was changed, so there is no new version.")
    values = {name: getattr(base, name) for name in FIELDS} | changes
    made = ProtocolSettings(site=site, version=base.version + 1, made_by=by, note=note.strip(), **values)
    try:
        made.full_clean()
    except ValidationError as error:
        raise Invalid(_sentences(error)) from error
    made.save()
    return made


def _sentences(error: ValidationError) -> dict[str, str]:
    """Field by field; a broken order between settings becomes the sentence that says the order."""
    said: dict[str, str] = {}
    for name, texts in error.message_dict.items():
        text = " ".join(texts)
        broken = next((order for order in ORDERS if f"protocol_{order}" in text), "")
        said["" if name == NON_FIELD_ERRORS else name] = ORDERS.get(broken, text)
    return said


@transaction.atomic
def sign(*, settings_id: Any, by: User) -> ProtocolSettings:
    """The medical director's signature under one version. Raises NotPermitted, Invalid."""
    version = ProtocolSettings.objects.select_for_update().select_related("site").get(pk=settings_id)
    require(by, Action.SIGN_PROTOCOL, at=version.site)
    if version.signed_at:
        raise Invalid("This version is signed already.")
    version.signed_at, version.signed_by = clock.now(), by
    version.save(update_fields=["signed_at", "signed_by"])
    return version
