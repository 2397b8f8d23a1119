"""What patients were told, and in which words."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from clinic.api.declaring import Collection, Verb, site
from clinic.api.fields import Moment, Words, like, one_of
from clinic.models import Site, User
from clinic.policy import Action
from reminders import settling, wording_edits
from reminders.api.hanging import BY, OF
from reminders.message_kinds import KINDS
from reminders.models import Message, SenderName, Wording
from reminders.models.wordings import LANGUAGES


def messages(user: User) -> QuerySet[Message]:
    return Message.objects.filter(site__in=user.site_ids)


def _write(*, site: Site, kind: str, language: str, by: User, house: bool = False, **typed: Any) -> Wording:
    """Make the next version of the site's own words; with `house`, those of the house again.

    `based_on` is the version the writer saw. Raises NotPermitted, NotFound, Refused, Invalid.
    """
    if house:
        return wording_edits.restore(site=site, kind=kind, language=language, version=wording_edits.HOUSE, by=by)
    said = {name: typed.pop(name, "") for name in ("subject", "body", "text")}
    return wording_edits.write(site=site, kind=kind, language=language, by=by, **said, **typed)


def _restore(*, words: Wording, by: User) -> Wording:
    """Make these older words the newest again. Raises NotPermitted, Refused, Invalid."""
    version = str(words.version)
    return wording_edits.restore(site=words.site, kind=words.kind, language=words.language, version=version, by=by)


MESSAGES = Collection(
    name="messages",
    model=Message,
    rows=messages,
    patient="patient_id",
    shows=("id", "kind", "patient", "site", "channel", "language", "due_at", "state", "planned_at", "sent_at"),
    also={Action.HANDLE_MESSAGES: ("attempts", "expires_at", "why", "settled_at", "settled_by")},
    filters={
        **OF,
        "state": one_of(Message.State, required=False),
        "since": Moment(required=False),
        "until": Moment(required=False),
    },
    by={**BY, "since": "due_at__gte", "until": "due_at__lt"},
    verbs={
        "again": Verb(does=settling.try_again, record="message_id"),
        "called": Verb(does=settling.called, record="message_id", takes=("outcome",)),
    },
)
WORDINGS = Collection(
    name="wordings",
    model=Wording,
    rows=lambda user: Wording.objects.filter(site__in=user.site_ids).select_related("site"),
    shows=("id", "site", "kind", "language", "version", "subject", "body", "text", "note", "made_at", "made_by"),
    fields={"kind": one_of(KINDS, read_only=True)},
    filters={"kind": one_of(KINDS, required=False), "language": one_of(dict(LANGUAGES), required=False)},
    create=Verb(
        does=_write,
        takes=("house",),
        fields={
            "kind": one_of(KINDS),
            **like(Wording, ("language",), needs=("language",)),
            "subject": Words(required=False, max_length=120),
            "body": Words(required=False, max_length=3000),
            "text": Words(required=False, max_length=300),
            "note": Words(required=False, max_length=200),
            "based_on": Words(required=False, max_length=60),
            "planned_too": serializers.BooleanField(required=False),
        },
        given=site,
        sited=True,
    ),
    verbs={"restore": Verb(does=_restore, record="words", another=True)},
)
SENDERS = Collection(
    name="sender-names",
    model=SenderName,
    rows=lambda user: SenderName.objects.filter(site__in=user.site_ids),
    shows=("id", "site", "name", "made_at", "made_by"),
    create=Verb(does=wording_edits.call_it, takes=("name",), given=site, sited=True),
)

COLLECTIONS: tuple[Collection, ...] = (MESSAGES, WORDINGS, SENDERS)
