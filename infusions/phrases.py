"""A nurse's own sentences for notes: kept by one press, put into a note by another. They name no patient."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from clinic.errors import Invalid, NotFound, Refused
from clinic.models import User
from infusions.models import Phrase

# What a page offers to somebody who has kept nothing yet.
FIRST = ("Eyes closed, breathing calm.", "Talks when spoken to, at ease.", "Asks for a hand on the shoulder.")


def of(user: User) -> QuerySet[Phrase]:
    return Phrase.objects.filter(user=user)[: Phrase.MOST]


@transaction.atomic
def keep(*, text: str, by: User) -> Phrase:
    """Keep a sentence; kept already, it answers the one that is there. Raises Invalid, Refused."""
    User.objects.select_for_update().get(pk=by.pk)
    words = " ".join(text.split())
    if not words:
        raise Invalid({"text": "Write the sentence you want to keep."})
    if len(words) > 300:
        raise Invalid({"text": "A phrase has 300 characters at most."})
    known = Phrase.objects.filter(user=by, text=words).first()
    if known is None and Phrase.objects.filter(user=by).count() >= Phrase.MOST:
        raise Refused(f"You keep {Phrase.MOST} phrases already. Remove one first.")
    return known or Phrase.objects.create(user=by, text=words)


@transaction.atomic
def forget(*, phrase_id: UUID, by: User) -> None:
    """Remove one of one's own. Raises NotFound."""
    phrase = Phrase.objects.select_for_update().filter(pk=phrase_id, user=by).first()
    if phrase is None:
        raise NotFound
    phrase.delete()
