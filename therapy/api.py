"""Therapy sessions, and what is signed of them. Psychotherapy notes are not among what other systems can ask for."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers

from clinic.api.declaring import Collection, Verb
from clinic.api.fields import one_of
from clinic.errors import NotFound
from clinic.models import User
from therapy import cards, drafts, notes, sessions
from therapy.models import NoteDraft, NoteSection, SessionNote, TherapySession

SESSION = "session_id"


def own_site(user: User) -> QuerySet[TherapySession]:
    return TherapySession.objects.filter(series__site__in=user.site_ids)


def signed(user: User) -> QuerySet[SessionNote]:
    rows = SessionNote.objects.filter(session__series__site__in=user.site_ids, signed_at__isnull=False)
    return rows.select_related("session").prefetch_related("sections")


class Section(serializers.ModelSerializer[NoteSection]):
    class Meta:
        model = NoteSection
        fields = ("key", "text")


def _sign(*, session_id: UUID, kind: str, by: User) -> SessionNote:
    """Sign one's own draft of that kind. Raises what the page's signature raises; NotFound without a draft."""
    draft = NoteDraft.objects.filter(session_id=session_id, kind=kind, author=by).first()
    if draft is None:
        raise NotFound("You have no draft of this kind for this session. Write one first.")
    return notes.sign(note_id=draft.pk, by=by)


SESSIONS = Collection(
    name="therapy-sessions",
    model=TherapySession,
    rows=own_site,
    patient="patient_id",
    shows=(
        "id", "patient", "series", "kind", "appointment", "therapist", "state", "infusion", "out_of_window_reason",
        "same_day_reason",
    ),
    filters={
        "patient": serializers.UUIDField(required=False),
        "series": serializers.UUIDField(required=False),
        "therapist": serializers.UUIDField(required=False),
        "kind": one_of(TherapySession.Kind, required=False),
        "state": one_of(TherapySession.State, required=False),
    },
    by={"patient": "patient_id", "series": "series_id", "therapist": "therapist_id"},
    verbs={
        "held": Verb(does=sessions.mark_held, record=SESSION),
        "missed": Verb(does=sessions.mark_missed, record=SESSION),
        "intentions": Verb(does=cards.share_intentions, record=SESSION, takes=("words", "music", "touch", "grounding")),
        "draft": Verb(
            does=drafts.write,
            record=SESSION,
            takes=("version", "started_at", "ended_at", "modality", "reached", "risk_unasked"),
            fields={
                "kind": one_of(SessionNote.Kind),
                "sections": serializers.DictField(child=serializers.CharField(allow_blank=True, max_length=20_000)),
            },
        ),
        "sign": Verb(does=_sign, record=SESSION, fields={"kind": one_of(SessionNote.Kind)}),
    },
)  # fmt: skip
NOTES = Collection(
    name="notes",
    model=SessionNote,
    rows=signed,
    within=SESSIONS,
    through="session",
    patient="session.patient_id",
    shows=("id", "kind", "author", "started_at", "ended_at", "modality", "sections", "signed_at", "signed_by"),
    fields={"sections": Section(many=True, read_only=True)},
)

COLLECTIONS: tuple[Collection, ...] = (SESSIONS, NOTES)
