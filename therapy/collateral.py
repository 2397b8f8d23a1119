"""Notes from somebody close to the patient: with the patient's recorded consent, by a link that shows nothing.

The consent is the patient's and ends when they say so, on their own page or to a member of staff; its link dies with
it. What was written before stays, marked as a third party's words. The address is passed on by the patient, so the
clinic writes to nobody who has not asked for it.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from clinic import clock
from clinic.errors import Invalid, NotFound
from clinic.models import User
from infusions.models import Series
from patients import links
from patients.links import Told
from patients.models import PatientLink
from patients.rows import locked_patient
from reminders import inbound_rules
from therapy import integration_plans, journals
from therapy.models import CollateralConsent, CollateralNote

PURPOSE, LINK_DAYS = "collateral", 60
TASK = "collateral_read"
MOST_A_DAY = 10


@transaction.atomic
def agree(*, series_id: UUID, name: str, relation: str, how: str, by: User) -> CollateralConsent:
    """Record that the patient agrees that somebody writes to us. Agreed already, it answers what stands.

    Raises NotFound, NotPermitted, Invalid.
    """
    series = journals.reader(series_id, by)
    patient = locked_patient(series.patient_id)
    words = {"name": " ".join(name.split()), "relation": " ".join(relation.split())}
    wrong = {field: "Write who this is." for field, text in words.items() if not text}
    wrong |= {field: "Write this in fewer letters." for field, text in words.items() if len(text) > 60}
    if how not in CollateralConsent.How.values:
        wrong["how"] = "Say how the patient agreed."
    if wrong:
        raise Invalid(wrong)
    standing = CollateralConsent.objects.filter(patient=patient, name=words["name"], revoked_at=None).first()
    return standing or CollateralConsent.objects.create(
        patient=patient, series=series, how=how, agreed_at=clock.now(), recorded_by=by, **words
    )


@transaction.atomic
def invite(*, consent_id: UUID, by: User, send: bool) -> str:
    """A link for the person whom the patient named; the former one ends. `send` writes it to the patient to pass on.

    Answers its path. Raises NotFound, NotPermitted, Invalid once the consent was taken back, Refused.
    """
    consent = _consent(consent_id, by)
    if consent.revoked_at:
        raise Invalid(f"{consent.patient.name} took the consent back. Record a new one first.")
    return links.make(
        patient_id=consent.patient_id, purpose=PURPOSE, by=by, subject_id=consent.pk, days=LINK_DAYS, send=send
    )


@transaction.atomic
def revoke(*, consent_id: UUID, by: User) -> CollateralConsent:
    """The patient takes the consent back; the link dies at once. Twice is once. Raises NotFound, NotPermitted."""
    return _end(_consent(consent_id, by), by)


@transaction.atomic
def revoke_own(*, link: PatientLink, consent_id: UUID) -> CollateralConsent:
    """The same, by the patient on their own page. Raises NotFound."""
    patient = integration_plans.holder(link)
    consent = CollateralConsent.objects.filter(pk=consent_id, patient=patient).first()
    if consent is None or link.purpose == PURPOSE:
        raise NotFound
    return _end(consent, None)


def _end(consent: CollateralConsent, by: User | None) -> CollateralConsent:
    locked_patient(consent.patient_id)
    consent = CollateralConsent.objects.select_for_update().get(pk=consent.pk)
    if consent.revoked_at is None:
        consent.revoked_at, consent.revoked_by = clock.now(), by
        consent.save(update_fields=["revoked_at", "revoked_by"])
        links.end(patient_id=consent.patient_id, purpose=PURPOSE, subject_id=consent.pk)
    return consent


def _consent(consent_id: UUID, by: User) -> CollateralConsent:
    found = CollateralConsent.objects.select_related("patient").filter(pk=consent_id).first()
    if found is None:
        raise NotFound
    journals.reader(found.series_id, by)
    return found


def in_force(link: PatientLink) -> CollateralConsent | None:
    """The consent that a link of this kind rests on."""
    if link.purpose != PURPOSE or link.subject_id is None:
        return None
    rows = CollateralConsent.objects.filter(pk=link.subject_id, patient=link.patient_id, revoked_at=None)
    return rows.select_related("series__site", "series__patient").first()


@transaction.atomic
def write(*, link: PatientLink, text: str, form_key: UUID) -> CollateralNote:
    """Keep what that person wrote; the same form again keeps nothing more. Raises NotFound, Told."""
    patient = integration_plans.holder(link)
    consent = in_force(link)
    if consent is None:
        raise NotFound
    if known := CollateralNote.objects.filter(form_key=form_key, consent=consent).first():
        return known
    words = journals.fitting(text)
    lately = CollateralNote.objects.filter(consent=consent, written_at__gt=clock.now() - journals.READ_WITHIN)
    if lately.count() >= MOST_A_DAY:
        raise Told(_("You have written a great deal today. Please go on tomorrow, or call us."))
    alert = journals.raised(patient, urgent=inbound_rules.fears_for(words))
    note = CollateralNote.objects.create(
        consent=consent, link=link, text=words, written_at=clock.now(), form_key=form_key, alert=alert
    )
    title = f"Read what was written about {patient.name}"  # by whom is for those who read it
    journals.ask_to_read(consent.series, TASK, title, None)
    return note


def of_series(series: Series) -> QuerySet[CollateralNote]:
    """What others wrote about the patient of this series, the newest first."""
    rows = CollateralNote.objects.filter(consent__series=series)
    return rows.select_related("consent", "read_by", "alert").order_by("-written_at", "-id")


def consents_of(series: Series) -> QuerySet[CollateralConsent]:
    """Those of this series, and whoever may write still since a former one."""
    rows = CollateralConsent.objects.filter(Q(series=series) | Q(patient=series.patient_id, revoked_at=None))
    return rows.select_related("recorded_by", "revoked_by")


def standing(patient_id: UUID) -> QuerySet[CollateralConsent]:
    """Whom the patient allows to write now."""
    return CollateralConsent.objects.filter(patient=patient_id, revoked_at=None)


@transaction.atomic
def read(*, series_id: UUID, seen: Collection[UUID], by: User) -> int:
    """Those of the new ones that were seen are read. Answers how many. Raises NotFound, NotPermitted."""
    series = journals.reader(series_id, by)
    return journals.mark_read(CollateralNote.objects.filter(consent__series=series), seen, TASK, series, by)
