"""A second person, who proves with a password that they were there, as on the pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from clinic.api.fields import Known
from clinic.errors import Invalid
from clinic.models import Site, User
from infusions.forms.chair import require_valid
from infusions.forms.witness import WitnessForm
from infusions.models import Infusion

WITNESS = {"witness": Known(User), "witness_password": serializers.CharField(max_length=200, trim_whitespace=False)}
NAMES = {"password": "witness_password"}
PERHAPS = {
    "witness": Known(User, required=False),
    "witness_password": serializers.CharField(max_length=200, trim_whitespace=False, required=False),
}


def site_of(record: Any) -> Site:
    """Where the record is; of a count that begins, the site itself."""
    if isinstance(record, Site):
        return record
    found: Site = record.appointment.site if isinstance(record, Infusion) else record.site
    return found


def seen(request: Request, record: Any, typed: Mapping[str, Any]) -> Mapping[str, Any]:
    """The witness, once the password is theirs. Raises Invalid."""
    person = typed.get("witness")
    if person is None:
        return {}
    data = {"witness": str(person.pk), "password": typed.get("witness_password", "")}
    form = WitnessForm(data, request=request._request, by=request.user, site=site_of(record))  # type: ignore[arg-type]
    try:
        require_valid(form)
    except Invalid as error:  # the form's field has another name on the pages
        raise Invalid({NAMES.get(name, name): words for name, words in error.fields.items()}) from error
    return {"witness": form.cleaned_data["witness"]}
