"""Protocol settings are versioned: a change makes a new version, which a provider signs."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from clinic import clock
from clinic.errors import Invalid
from clinic.models import ProtocolSettings, Site, User
from clinic.policy import Action, require
from clinic.protocol import ProtocolValues

FIELDS = tuple(field.name for field in ProtocolValues._meta.get_fields())


def current(site: Site) -> ProtocolSettings:
    """The newest version of the site's settings; the defaults of Table A, unsaved, while there is none."""
    newest = ProtocolSettings.objects.filter(site=site).order_by("-version").first()
    return newest or ProtocolSettings(site=site, version=0)


@transaction.atomic
def new_version(*, site_id: Any, changes: dict[str, Any], note: str, by: User) -> ProtocolSettings:
    """Make the next version out of the newest and `changes`. Raises NotPermitted, Invalid."""
    site = Site.objects.select_for_update().get(pk=site_id)
    require(by, Action.MANAGE_CLINIC, at=site)
    unknown = set(changes) - set(FIELDS)
    if unknown:
        raise Invalid(f"There is no setting called {', '.join(sorted(unknown))}.")
    base = current(site)
    values = {name: getattr(base, name) for name in FIELDS} | changes
    made = ProtocolSettings(site=site, version=base.version + 1, made_by=by, note=note, **values)
    made.full_clean()
    made.save()
    return made


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
