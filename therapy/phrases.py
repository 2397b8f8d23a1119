"""A therapist's own phrases: kept, changed, forgotten, put into a note. Nobody else reads them."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from clinic.errors import Invalid, NotFound, Refused
from clinic.models import User
from therapy.models import NotePhrase


def of(user: User) -> QuerySet[NotePhrase]:
    return NotePhrase.objects.filter(owner=user)[: NotePhrase.MOST]


@transaction.atomic
def keep(*, name: str, text: str, by: User, phrase_id: UUID | None = None) -> NotePhrase:
    """Keep a phrase under a name, or change one of one's own. Raises NotFound, Invalid, Refused."""
    User.objects.select_for_update().get(pk=by.pk)
    own = NotePhrase.objects.filter(owner=by)
    phrase = own.filter(pk=phrase_id).first() if phrase_id else NotePhrase(owner=by)
    if phrase is None:
        raise NotFound
    phrase.name, phrase.text = " ".join(name.split()), text.strip()
    _check(phrase)
    if own.filter(name=phrase.name).exclude(pk=phrase.pk).exists():
        raise Invalid({"name": f"You keep a phrase called “{phrase.name}” already. Choose another name."})
    if phrase_id is None and own.count() >= NotePhrase.MOST:
        raise Refused(f"You keep {NotePhrase.MOST} phrases already. Remove one first.")
    phrase.save()
    return phrase


@transaction.atomic
def forget(*, phrase_id: UUID, by: User) -> None:
    """Remove one of one's own. Raises NotFound."""
    phrase = NotePhrase.objects.select_for_update().filter(pk=phrase_id, owner=by).first()
    if phrase is None:
        raise NotFound
    phrase.delete()


def _check(phrase: NotePhrase) -> None:
    wrong = {}
    if not phrase.name or len(phrase.name) > 40:
        wrong["name"] = "Give it a short name, of 40 characters at most."
    if not phrase.text or len(phrase.text) > 2000:
        wrong["text"] = "Write the phrase, in 2,000 characters or fewer."
    if wrong:
        raise Invalid(wrong)
