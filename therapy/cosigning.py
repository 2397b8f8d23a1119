"""Supervision: notes of some therapists need a second signature, of their supervisor."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from clinic import clock
from clinic.errors import IllegalTransition, Invalid, NotFound, NotPermitted, Refused
from clinic.models import Site, User
from clinic.policy import GRANTS, Action, can, require
from patients.models import Patient
from therapy.models import Addendum, CoSignature, SessionNote, Supervision

Outcome = CoSignature.Outcome


@transaction.atomic
def supervise(*, therapist_id: UUID, supervisor_id: UUID | None, site: Site, by: User) -> Supervision | None:
    """Put a therapist under a supervisor, or end it. Notes signed before keep the supervisor they were signed under.

    Raises NotPermitted, NotFound for somebody who does not work here, Invalid.
    """
    require(by, Action.MANAGE_CLINIC, at=site)
    therapist = writers(site).filter(pk=therapist_id).first()
    if therapist is None:
        raise NotFound
    if supervisor_id is None:
        Supervision.objects.filter(therapist=therapist).delete()
        return None
    supervisor = readers(site).filter(pk=supervisor_id).first()
    if supervisor is None:
        raise Invalid({"supervisor": "Choose somebody who reads therapy notes at this site."})
    if supervisor == therapist:
        raise Invalid({"supervisor": "Nobody supervises themselves. Choose a colleague."})
    row, _ = Supervision.objects.update_or_create(
        therapist=therapist, defaults={"supervisor": supervisor, "since": clock.now(), "set_by": by}
    )
    return row


def writers(site: Site) -> QuerySet[User]:
    return _with(Action.WRITE_THERAPY, site)


def readers(site: Site) -> QuerySet[User]:
    """Who could supervise: those who read therapy notes and judge them."""
    return _with(Action.CLOSE_ALERT, site)


def _with(action: Action, site: Site) -> QuerySet[User]:
    held = Q(memberships__site=site, memberships__role__in=GRANTS[action])
    return User.objects.filter(held, is_active=True).distinct().order_by("full_name")


def supervisor_of(therapist: User) -> User | None:
    row = Supervision.objects.select_related("supervisor").filter(therapist=therapist).first()
    return row.supervisor if row else None


def supervisor_at_work(therapist: User) -> User | None:
    """Who signs after this therapist. Raises Refused when that is nobody who works here any more."""
    supervisor = supervisor_of(therapist)
    if supervisor and not supervisor.is_active:
        name = supervisor.full_name
        raise Refused(f"{name}, your supervisor, works here no more. Ask the clinic admin to set another, then sign.")
    return supervisor


def waiting(supervisor: User, site: Site) -> QuerySet[SessionNote]:
    """Signed notes that wait for this supervisor: not co-signed, and answered since they were last sent back."""
    return open_notes(site).filter(~Exists(_unanswered()), supervisor=supervisor)


def sent_back(author: User, site: Site) -> QuerySet[SessionNote]:
    """The author's notes that a supervisor sent back and to which nothing was added since."""
    return open_notes(site).filter(Exists(_unanswered()), author=author)


def open_notes(site: Site, patient: Patient | None = None) -> QuerySet[SessionNote]:
    """Signed notes under supervision that were not co-signed yet, the oldest first."""
    done = CoSignature.objects.filter(note=OuterRef("pk"), outcome=Outcome.COSIGNED)
    rows = SessionNote.objects.filter(
        ~Exists(done), session__series__site=site, signed_at__isnull=False, supervisor__isnull=False
    )
    if patient is not None:
        rows = rows.filter(session__patient=patient)
    return (
        rows.select_related("session__patient", "session__series__site", "author", "supervisor")
        .prefetch_related(Prefetch("supervisions", CoSignature.objects.order_by("at")), "addenda")
        .order_by("signed_at", "id")
    )


def is_unanswered(note: SessionNote) -> bool:
    """The author has added nothing since the last remark."""
    remarks = [row.at for row in note.supervisions.all() if not row.is_cosigned]
    return bool(remarks) and all(row.at <= remarks[-1] for row in note.addenda.all())


@transaction.atomic
def cosign(*, note_id: UUID, by: User) -> CoSignature:
    """Sign another's note as its supervisor. Raises NotFound, NotPermitted, IllegalTransition."""
    note = _supervised(note_id, by)
    return _keep(note, CoSignature(note=note, outcome=Outcome.COSIGNED, by=by))


@transaction.atomic
def send_back(*, note_id: UUID, remark: str, by: User) -> CoSignature:
    """Ask its author for more; the signed words stay, an addendum answers. Raises as `cosign` does, and Invalid."""
    note = _supervised(note_id, by)
    if not remark.strip():
        raise Invalid({"remark": "Write what you would like to be added or explained."})
    if len(remark) > 2000:
        raise Invalid({"remark": "Write this in 2,000 characters or fewer."})
    return _keep(note, CoSignature(note=note, outcome=Outcome.SENT_BACK, remark=remark.strip(), by=by))


after_turn: list[Callable[[SessionNote], None]] = []
"""Told in the same transaction whenever it may be somebody else’s turn with a note."""


def _keep(note: SessionNote, row: CoSignature) -> CoSignature:
    row.save(force_insert=True)
    for tell in after_turn:
        tell(note)
    return row


def may_cosign(note: SessionNote | None, user: User) -> bool:
    """Whether the note waits for this very user."""
    return note is not None and note.supervisor_id == user.pk and note.waits_for_supervisor


def _supervised(note_id: UUID, by: User) -> SessionNote:
    note = (
        SessionNote.objects.select_for_update(of=("self",))
        .select_related("session__series__site")
        .filter(pk=note_id, signed_at__isnull=False)
        .first()
    )
    if note is None or note.session.series.site_id not in by.site_ids:
        raise NotFound
    if note.supervisor_id != by.pk or not can(by, Action.SEE_THERAPY, note.session.series.site):
        raise NotPermitted("Only the supervisor of its author co-signs this note.")
    if not note.waits_for_supervisor:
        raise IllegalTransition("This note", current="Co-signed", wanted="Co-signed", allowed=())
    return note


def _unanswered() -> QuerySet[CoSignature]:
    """Remarks after which the author has added nothing."""
    answered = Addendum.objects.filter(note=OuterRef("note"), at__gt=OuterRef("at"))
    return CoSignature.objects.filter(~Exists(answered), note=OuterRef("pk"), outcome=Outcome.SENT_BACK)
