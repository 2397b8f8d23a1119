"""Therapy sessions: booked in their place, written about, signed, and read by a supervisor."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers

from clinic.api.declaring import Collection, Verb, site
from clinic.api.fields import Known, one_of
from clinic.errors import NotFound, Refused
from clinic.models import Room, User
from infusions.models import Infusion
from patients.models import Patient
from therapy import booking, cards, cosigning, drafts, headings, notes, sessions
from therapy.models import (
    Addendum,
    CoSignature,
    Modality,
    NoteDraft,
    NoteSection,
    Reached,
    SessionNote,
    Supervision,
    TherapySession,
)
from visits.api import APPOINTMENTS
from visits.models import Appointment

SESSION, NOTE = "session_id", "note_id"
HEADINGS = "Words by heading. " + " ".join(
    f"Of a {note}: {', '.join(section.key for section in sections)}."
    for note, sections in {"plan": headings.PLAN, **headings.PROGRESS}.items()
)
OF_KIND = {"kind": one_of(SessionNote.Kind)}


def own_site(user: User) -> QuerySet[TherapySession]:
    return TherapySession.objects.filter(series__site__in=user.site_ids)


def signed(user: User) -> QuerySet[SessionNote]:
    rows = SessionNote.objects.filter(session__series__site__in=user.site_ids, signed_at__isnull=False)
    return rows.select_related("session").prefetch_related("sections", "addenda", "supervisions")


def own_drafts(user: User) -> QuerySet[NoteDraft]:
    """What somebody has typed and not signed is theirs alone."""
    return NoteDraft.objects.filter(session__series__site__in=user.site_ids, author=user).select_related("session")


def supervisions(user: User) -> QuerySet[Supervision]:
    here = User.objects.filter(memberships__site__in=user.site_ids)
    return Supervision.objects.filter(therapist__in=here)


class Section(serializers.ModelSerializer[NoteSection]):
    class Meta:
        model = NoteSection
        fields = ("key", "text")


class Added(serializers.ModelSerializer[Addendum]):
    """What was added to a signed note."""

    class Meta:
        model = Addendum
        fields = ("id", "text", "at", "by")


class Supervised(serializers.ModelSerializer[CoSignature]):
    """What a supervisor made of a note."""

    class Meta:
        model = CoSignature
        fields = ("id", "outcome", "remark", "at", "by")


def _book(
    *,
    patient: Patient,
    kind: str,
    starts_at: datetime,
    by: User,
    infusion: Infusion | None = None,
    therapist: User | None = None,
    room: Room | None = None,
    reason: str = "",
) -> Appointment | None:
    """Book a session where it is lacking: in the newest series, or, with `infusion`, around that booster.

    Raises Refused where this patient lacks no such session, NeedsReason outside its window while `reason` is empty,
    Invalid, and what booking a visit raises.
    """
    places = [one for one in booking.places(patient, kind) if infusion is None or one.infusion == infusion]
    if not places:
        raise Refused(f"{patient.name} lacks no such session now. A session belongs to a series: plan it first.")
    made = booking.book(place=places[0], starts_at=starts_at, therapist=therapist, room=room, reason=reason, by=by)
    return made.appointment


def _draft_of(session_id: UUID, kind: str, by: User) -> NoteDraft:
    draft = NoteDraft.objects.filter(session_id=session_id, kind=kind, author=by).first()
    if draft is None:
        raise NotFound("You have no draft of this kind for this session. Write one first.")
    return draft


def _sign(*, session_id: UUID, kind: str, by: User) -> SessionNote:
    """Sign one's own draft of that kind. Raises what the page's signature raises; NotFound without a draft."""
    return notes.sign(note_id=_draft_of(session_id, kind, by).pk, by=by)


def _copy(*, session_id: UUID, kind: str, by: User) -> NoteDraft:
    """Take over into one's own draft what lasts of the note before. Raises NotFound without a draft, Invalid."""
    return drafts.copy_forward(draft_id=_draft_of(session_id, kind, by).pk, by=by)


def _end(*, row: Supervision, by: User) -> None:
    """This therapist signs alone from now on. Raises NotPermitted, NotFound."""
    here = row.therapist.memberships.filter(site__in=by.site_ids).select_related("site").first()
    if here is None:
        raise NotFound
    cosigning.supervise(therapist_id=row.therapist_id, supervisor_id=None, site=here.site, by=by)


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
    create=Verb(
        does=_book,
        takes=("patient", "starts_at", "therapist", "room", "reason", "infusion"),
        fields={"kind": one_of(TherapySession.Kind)},
        makes=APPOINTMENTS,  # which those may read, too, who book and read no sessions
    ),
    verbs={
        "held": Verb(does=sessions.mark_held, record=SESSION),
        "missed": Verb(does=sessions.mark_missed, record=SESSION),
        "intentions": Verb(does=cards.share_intentions, record=SESSION, takes=("words", "music", "touch", "grounding")),
        "draft": Verb(
            does=drafts.write,
            record=SESSION,
            takes=("version", "started_at", "ended_at", "risk_unasked"),
            fields={
                **OF_KIND,
                "modality": one_of(Modality, required=False),
                "reached": one_of(Reached, required=False),
                "sections": serializers.DictField(
                    child=serializers.CharField(allow_blank=True, max_length=20_000), help_text=HEADINGS
                ),
            },
        ),
        "copy-forward": Verb(does=_copy, record=SESSION, fields=OF_KIND),
        "sign": Verb(does=_sign, record=SESSION, fields=OF_KIND),
    },
)  # fmt: skip
NOTES = Collection(
    name="notes",
    model=SessionNote,
    rows=signed,
    within=SESSIONS,
    through="session",
    patient="session.patient_id",
    shows=(
        "id", "kind", "author", "started_at", "ended_at", "modality", "sections", "signed_at", "signed_by",
        "supervisor", "addenda", "supervisions",
    ),
    fields={
        "sections": Section(many=True, read_only=True),
        "addenda": Added(many=True, read_only=True),
        "supervisions": Supervised(many=True, read_only=True),
    },
    verbs={
        "addendum": Verb(does=notes.addendum, record=NOTE, takes=("text",)),
        "cosign": Verb(does=cosigning.cosign, record=NOTE),
        "send-back": Verb(does=cosigning.send_back, record=NOTE, takes=("remark",)),
    },
)  # fmt: skip
DRAFTS = Collection(
    name="drafts",
    model=NoteDraft,
    rows=own_drafts,
    within=SESSIONS,
    through="session",
    patient="session.patient_id",
    shows=(
        "id", "kind", "texts", "started_at", "ended_at", "modality", "reached", "risk_unasked", "version", "saved_at",
    ),
)  # fmt: skip
SUPERVISIONS = Collection(
    name="supervisions",
    model=Supervision,
    rows=supervisions,
    shows=("id", "therapist", "supervisor", "since", "set_by"),
    create=Verb(
        does=cosigning.supervise,
        fields={
            "therapist": Known(User, as_id=True, source="therapist_id"),
            "supervisor": Known(User, as_id=True, source="supervisor_id"),
        },
        given=site,
        sited=True,
    ),
    verbs={"end": Verb(does=_end, record="row", leaves=True)},
)
