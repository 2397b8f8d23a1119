"""How a member of staff is paged: by email, and by text where they gave their mobile number."""

from __future__ import annotations

from django.db import transaction

from clinic.errors import Invalid
from clinic.models import User
from patients import phones


@transaction.atomic
def set_mobile(*, number: str, by: User) -> User:
    """Keep one's own mobile number, or take it away. Raises Invalid.

    Typed by the person who is texted, on a page that says what for: that is the consent to it.
    """
    try:
        normal = phones.normal(number)
    except ValueError as error:
        raise Invalid({"mobile": str(error)}) from error
    person = User.objects.select_for_update().get(pk=by.pk)
    person.mobile = normal
    person.save(update_fields=["mobile"])
    return person
