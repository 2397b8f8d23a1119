"""One of everything at one site, so that every page has something that it could leak."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.tokens import default_token_generator
from django.utils.http import int_to_base36

from clinic import clock, heartbeats, settings_versions
from clinic.models import ApiToken, Closure, OnCallTurn, ShiftException, Site, Tablet
from clinic.policy import Role
from infusions.models import AdverseEvent, CheckIn, Device, DeviceReading, StockCount, VitalSigns
from insurance.models import (
    AcceptedPlan,
    AnswerFile,
    Authorization,
    CodedVisit,
    Coverage,
    EligibilityAnswer,
    Estimate,
    InquiryFile,
    InsurancePaper,
    Lapse,
    Payer,
    Payment,
    SelfPay,
    Verification,
)
from insurance.x12 import reading
from journey.models import (
    EmergencyAccess,
    OutcomeRun,
    RecordExport,
    RecordExportFile,
    RecordMark,
    Summary,
    UnusualAccess,
)
from patients import signatures
from patients.models import (
    AlertContact,
    Allergy,
    Condition,
    Consent,
    Contact,
    Evaluation,
    EvaluationCondition,
    Goal,
    ImportJob,
    Inquiry,
    InsuranceCard,
    Intake,
    IntakeRow,
    LabResult,
    MeasureResponse,
    Medication,
    Patient,
    PatientLink,
    PatientPhoto,
    SafetyAlert,
    SafetyPlan,
)
from reminders.models import FollowUp, InboundText, Message, Webhook, WebhookDelivery
from tests import build
from tests.infusions import making
from tests.insurance import pricing, x12
from therapy import private
from therapy.models import CollateralConsent, NotePhrase, Referral, ReleaseAuthorization, SessionNote, TherapySession
from visits.models import Appointment, GroupSession, Offer, Opening, Repair, WaitlistEntry
from visits.offers import token_hash

DAY = "2027-02-02"
PLANTED = "Heliotrope ferries remember the seventh lighthouse"  # of a psychotherapy note: its author alone may see it
SECRET = "Quillfeather"  # the family name that no page may show to a stranger


class World:
    """Pine Street on Tuesday 2 February 2027, with one patient of whom everything is known."""

    def __init__(self) -> None:
        self.site = site = build.site()
        self.elsewhere = build.site("Lakeside", "America/Chicago")
        self.people = {role: build.user(role, at=site) for role in Role}
        self.everyone = build.user(*Role, at=site)
        self.stranger = build.user(*Role, at=self.elsewhere)
        self.now = now = build.moment(site, DAY, "09:00")
        with clock.at(now):
            for name in heartbeats.NAMES:
                heartbeats.beat(name)
            self._patients(site)
            self._visits(site)
            self._place(site)

    def _patients(self, site: Site) -> None:
        of: Any
        self.patient = of = build.patient(site, given_name="Zephyrine", family_name=SECRET)
        provider, now, today = self.people[Role.PROVIDER], self.now, date.fromisoformat(DAY)
        seen = {"observed_at": now}
        self.contact = Contact.objects.create(patient=of, kind="escort", name=f"Leon {SECRET}")
        PatientPhoto.objects.create(patient=of, jpeg=b"JFIF", taken_by=provider)
        self.goal = Goal.objects.create(patient=of, words=f"To sing {SECRET}", entered_by=provider, **seen)
        self.inquiry = Inquiry.objects.create(
            site=site, source="phone", given_name="Zephyrine", family_name=SECRET, phone="+13105550140"
        )
        self.condition = Condition.objects.create(patient=of, display="Depression")
        Medication.objects.create(patient=of, display="Sertraline")
        Allergy.objects.create(patient=of, display="Latex")
        self.evaluation = Evaluation.objects.create(patient=of, entered_by=provider, **seen)
        self.to_meet = EvaluationCondition.objects.create(
            evaluation=self.evaluation, position=0, text="Letter of the cardiologist", owner_role="nurse", due_on=today
        )
        self.lab = LabResult.objects.create(
            patient=of, test="ua", finding="normal", source="lab", entered_by=provider, **seen
        )
        self.link = PatientLink.objects.create(
            patient=of, purpose="curve", token_sha256="0" * 64, made_at=now, expires_at=now + timedelta(days=14)
        )
        self.intake_row = IntakeRow.objects.create(
            intake=Intake.objects.create(patient=of), kind="condition", row_id=self.condition.pk
        )
        self.measure = MeasureResponse.objects.create(
            patient=of, instrument="phq9", timepoint="baseline", items=[2] * 9, score=18, **seen
        )
        self.tablet = Tablet.objects.create(site=site, name="Trolley", token_hash="0" * 64, registered_by=provider)
        self.token = ApiToken(
            user=self.everyone, site=site, role=Role.NURSE, name=SECRET, digest="0", expiry=now + timedelta(days=9)
        )
        self.token.save(force_insert=True)
        self.alert = SafetyAlert.objects.create(patient=of, grade="low", acknowledge_by=now + timedelta(minutes=15))
        self.alert_contact = AlertContact.objects.create(
            alert=self.alert, kind="check", owner_role=Role.NURSE, due_at=now + timedelta(days=7)
        )
        steps = dict.fromkeys(SafetyPlan.STEPS, f"Call Zephyrine {SECRET}")
        self.safety_plan = SafetyPlan.objects.create(
            patient=of, number=1, begun_by=provider, signed_by=provider, signed_at=now, **steps
        )
        self.consent = Consent.objects.create(
            patient=of,
            kind="treatment",
            version="1",
            text_sha256="0" * 64,
            signer_name=f"Zephyrine {SECRET}",
            method="drawn",
            strokes=[[[100, 200], [700, 300]]],
            png=signatures.drawn([[[100, 200], [700, 300]]]),
            questions_answered=True,
            witness=provider,
            valid_until=today + timedelta(days=365),
            **seen,
        )
        self.card = InsuranceCard.objects.create(patient=of, side="front", jpeg=b"jpeg", taken_by=provider)
        self.job = ImportJob.objects.create(site=site, format="csv", file_name=f"{SECRET}.csv")
        self.payer = payer = Payer.objects.create(name="Tidewater Mutual")
        self.coverage = Coverage.objects.create(patient=of, payer=payer, member_id="TWM 4471", starts_on=today)
        self.authorization = Authorization.objects.create(
            coverage=self.coverage,
            number=SECRET,
            codes=["96365"],
            units=6,
            starts_on=today,
            ends_on=today,
            recorded_by=self.people[Role.INSURANCE_ADMIN],
        )
        self.check = Verification.objects.create(patient=of, leg="medical")
        self.estimate = Estimate.objects.create(
            patient=of, site=site, kind="good_faith", lines=[], total=0, share_to=0, first_on=today, last_on=today,
            made_by=self.people[Role.INSURANCE_ADMIN], basis=pricing.basis(SECRET),
        )  # fmt: skip
        clerk = self.people[Role.INSURANCE_ADMIN]
        self.inquiry_file = InquiryFile.objects.create(
            site=site, control_number=1, receiver="HOUSE", content=f"NM1*IL*1*{SECRET}~", way="hand", made_by=clerk
        )
        self.answer_file = AnswerFile.objects.create(site=site, name="a.271", digest="0" * 64, size=9)
        said, _ = reading.read(x12.file(x12.person(name=f"NM1*IL*1*{SECRET}****MI*TWM4471")))
        self.answer = EligibilityAnswer.objects.create(
            file=self.answer_file, position=1, digest="0" * 64, family_name=SECRET, says="Active.", site=site,
            raw=said[0].raw, state="proposed", coverage=self.coverage,
        )  # fmt: skip
        self.accepted = AcceptedPlan.objects.create(
            payer=payer, site=self.site, standing="in", kept_by=self.people[Role.INSURANCE_ADMIN]
        )
        self.paper = InsurancePaper.objects.create(
            patient=of,
            title="Letter",
            type="application/pdf",
            content=b"%PDF-",
            size=5,
            added_by=self.people[Role.INSURANCE_ADMIN],
        )
        self.lapse = Lapse.objects.create(
            coverage=self.coverage, last_day=today, found_by=self.people[Role.INSURANCE_ADMIN]
        )
        self.self_pay = SelfPay.objects.create(patient=of, since=today, reason="Not covered")
        self.inbound = InboundText.objects.create(
            provider_id="SM1", sender="+15550100500", number="+15550100999", words=f"For {SECRET}", reading="free",
            site=site,
        )  # fmt: skip
        self.message = Message.objects.create(
            kind="appointment_24h", patient=of, site=site, channel="email", subject_kind="patient", subject_id=of.pk,
            occurrence="1", template_version="1", due_at=now, expires_at=now, state="failed",
            values={"first_name": f"Zephyrine {SECRET}"},
        )  # fmt: skip
        self.task = FollowUp.objects.create(
            kind="call_instead",
            site=site,
            patient=of,
            title=f"Call {SECRET}",
            subject_kind="patient",
            subject_id=of.pk,
            owner_role=Role.FRONT_DESK,
            due_at=now,
        )

    def _visits(self, site: Site) -> None:
        provider, nurse = self.people[Role.PROVIDER], self.people[Role.NURSE]
        self.visit = Appointment.objects.create(
            patient=self.patient,
            site=site,
            kind="evaluation",
            starts_at=self.now,
            ends_at=self.now + timedelta(minutes=60),
            booked_by=nurse,
        )
        clerk = self.people[Role.INSURANCE_ADMIN]
        self.coded = CodedVisit.objects.create(
            visit_id=self.visit.pk, visit_kind="Evaluation", patient=self.patient, site=site, suggested="0" * 64,
            service_on=date.fromisoformat(DAY), accepted_by=clerk,
        )  # fmt: skip
        self.payment = Payment.objects.create(
            visit=self.coded, amount=Decimal(50), method="card", paid_on=date.fromisoformat(DAY), recorded_by=clerk
        )
        until = site.local(self.now).date() + timedelta(days=30)
        self.wish = WaitlistEntry.objects.create(
            patient=self.patient, site=site, kind="evaluation", notice_hours=4, until=until, kept_by=nurse
        )
        span = {"starts_at": self.now + timedelta(days=7), "ends_at": self.now + timedelta(days=7, hours=1)}
        self.opening = Opening.objects.create(site=site, cause="moved", **span)
        self.offer = Offer.objects.create(
            entry=self.wish,
            opening=self.opening,
            token_hash=token_hash("a-secret-of-this-world"),
            expires_at=self.now + timedelta(hours=4),
            **span,
        )
        today = site.local(self.now).date()
        self.repair = Repair.objects.create(
            site=site, cause="series", patient=self.patient, first_day=today, last_day=today, asked_by=nurse
        )
        self.series = making.loading(self.patient, nurse)
        self.infusion = making.infusion(self.series, 1, DAY, at="11:00", by=nurse)
        self.checkin = CheckIn.objects.create(
            infusion=self.infusion,
            due_at=self.now,
            silent_at=self.now + timedelta(hours=6),
            closes_at=self.now + timedelta(days=4),
        )
        self.order = making.order(self.series, provider)
        self.vial = making.vial(site, nurse)
        self.stock_count = StockCount.objects.create(
            site=site, kind="daily", on=date.fromisoformat(DAY), opened_by=nurse
        )
        self.adverse = AdverseEvent.objects.create(
            patient=self.patient, site=site, term="nausea", grade=1, observed_at=self.now, entered_by=nurse
        )
        self.outcome_run = OutcomeRun.objects.create(criteria={"sites": [str(site.pk)]}, asked_by=provider)
        self.export = RecordExport.objects.create(
            patient=self.patient, format="fhir", reason="Moves", asked_by=self.everyone, state="done", ended_at=self.now
        )
        self.export_file = RecordExportFile.objects.create(
            export=self.export, content=SECRET.encode(), expires_at=self.now + timedelta(hours=1)
        )
        self.summary = Summary.objects.create(
            patient=self.patient,
            recipient=SECRET,
            reason="Depression",
            plan="Boosters",
            signed_by=provider,
            pdf=b"%PDF",
        )
        self.vitals = VitalSigns.objects.create(
            infusion=self.infusion, observed_at=self.now, systolic=120, diastolic=80, entered_by=nurse
        )
        self.device = Device.objects.create(
            room=site.rooms.filter(kind="infusion").first(), name="Monitor", token_hash="1" * 64, registered_by=nurse
        )
        self.reading = DeviceReading.objects.create(
            device=self.device, infusion=self.infusion, said_at=self.now, heart_rate=70
        )
        self.webhook = Webhook.objects.create(
            site=site, name=SECRET, address="https://example.com/", kinds=["appointment.booked"], secret="…",
            key_id="1", made_by=self.people[Role.CLINIC_ADMIN],
        )  # fmt: skip
        self.webhook_delivery = WebhookDelivery.objects.create(
            webhook=self.webhook, event_id=self.webhook.pk, kind="webhook.test", subject_id=self.webhook.pk,
            occurrence="1", occurred_at=self.now,
        )  # fmt: skip
        self.session = TherapySession.objects.create(
            patient=self.patient, series=self.series, kind="preparation", therapist=self.people[Role.THERAPIST]
        )
        self.group = GroupSession.objects.create(
            site=site, topic="Coming home", starts_at=self.now, ends_at=self.now + timedelta(minutes=90), capacity=4,
            room=site.rooms.get(name="Quiet A"), therapist=self.people[Role.THERAPIST],
            planned_by=self.people[Role.THERAPIST],
        )  # fmt: skip
        TherapySession.objects.create(
            patient=self.patient, series=self.series, kind="group", therapist=self.people[Role.THERAPIST],
            same_day_reason="Wished so",
            appointment=Appointment.objects.create(
                patient=self.patient, site=site, kind="group", starts_at=self.now, ends_at=self.group.ends_at,
                group=self.group, booked_by=self.people[Role.THERAPIST],
            ),
        )  # fmt: skip
        self.session_note = SessionNote.objects.create(
            session=self.session, kind="progress", author=self.people[Role.THERAPIST], sha256="0" * 64,
            started_at=self.now, ended_at=self.now + timedelta(minutes=53), risk_unasked="Left early",
        )  # fmt: skip
        self.session_note.signed_at, self.session_note.signed_by = self.now, self.people[Role.THERAPIST]
        self.session_note.save(update_fields=["signed_at", "signed_by"])
        self.collateral = CollateralConsent.objects.create(
            patient=self.patient, series=self.series, name=SECRET, relation="brother", how="spoken",
            recorded_by=self.people[Role.THERAPIST],
        )  # fmt: skip
        self.referral = Referral.objects.create(
            patient=self.patient, kind="tms", recipient="Dr. Lee", reason=SECRET, form_key=self.series.pk,
            signed_by=self.people[Role.THERAPIST], pdf=b"%PDF", pdf_sha256="0",
        )  # fmt: skip
        self.note_phrase = NotePhrase.objects.create(owner=self.everyone, name="Lake", text="Feet on the ground.")

        self._private()
        self._looked_at(self.patient)

    def _private(self) -> None:
        """Of the one who holds every role, so that it opens for somebody."""
        begun = private.begin(session_id=self.session.pk, by=self.everyone)
        self.private_note = private.save(note_id=begun.pk, text=PLANTED, edition=0, by=self.everyone, keep=True)
        today = date.fromisoformat(DAY)
        self.release = ReleaseAuthorization.objects.create(
            note=self.private_note, version=1, recipient=SECRET, purpose="Opinion", signer_name="Maya", paper="Folder",
            signed_on=today, expires_on=today + timedelta(days=30), recorded_by=self.everyone,
        )  # fmt: skip

    def _looked_at(self, patient: Patient) -> None:
        why = {"reason": f"{SECRET} fainted at the door"}
        self.emergency = EmergencyAccess.objects.create(
            patient=patient, site=patient.site, opened_by=self.everyone, opened_at=self.now,
            ends_at=self.now + timedelta(hours=1), **why,
        )  # fmt: skip
        self.mark = RecordMark.objects.create(
            patient=patient, kind="hold", set_by=self.people[Role.CLINIC_ADMIN], **why
        )
        self.unusual = UnusualAccess.objects.create(
            patient=patient, site=patient.site, user=self.people[Role.NURSE], kind="watched",
            day=date.fromisoformat(DAY), first_at=self.now, last_at=self.now,
        )  # fmt: skip

    def _place(self, site: Site) -> None:
        day = date(2027, 7, 5)
        self.room = site.rooms.first()
        self.hours = site.opening_hours.first()
        self.closure = Closure.objects.create(site=site, first_day=day, last_day=day, reason="Independence Day")
        self.staff = self.people[Role.NURSE]
        self.shift = self.staff.shifts.first()
        self.turn = OnCallTurn.objects.create(
            site=site, user=self.staff, tier="first", during=(self.now, self.now + timedelta(hours=1))
        )
        self.exception = ShiftException.objects.create(user=self.staff, site=site, day=day)
        self.protocol = settings_versions.new_version(
            site_id=site.pk, changes={}, note="First", by=self.people[Role.CLINIC_ADMIN]
        )

    def address_of(self, route: str) -> dict[str, Any]:
        """What the route's address needs, of the things above. Raises KeyError for a route that `NEEDS` lacks."""
        return NEEDS[route](self)


def pk(name: str, **more: Any) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"pk": getattr(world, name).pk, **more}


def of_room(room: str, name: str, words: str) -> dict[str, Callable[[World], dict[str, Any]]]:
    return dict.fromkeys((f"{room}:{word}" for word in words.split()), pk(name))


# Which thing each address with an id is about.
NEEDS: dict[str, Callable[[World], dict[str, Any]]] = {
    "account_confirm_email": lambda world: {"key": "any"},
    "account_reset_password_from_key": lambda world: {
        "uidb36": int_to_base36(world.staff.pk.int),
        "key": default_token_generator.make_token(world.staff),
    },
    **of_room("clinic", "site", "site-edit"),
    **of_room("clinic", "room", "room-edit room-close room-reopen"),
    **of_room("clinic", "hours", "hours-edit hours-remove"),
    **of_room("clinic", "closure", "closure-edit closure-remove"),
    **of_room("clinic", "staff", "person person-edit person-deactivate person-reactivate person-second-factor"),
    **of_room("clinic", "staff", "person-invite shift-add exception-add"),
    "clinic:person-roles": lambda world: {"pk": world.staff.pk, "site_pk": world.site.pk},
    **of_room("clinic", "shift", "shift-edit shift-end"),
    **of_room("clinic", "exception", "exception-remove"),
    **of_room("clinic", "turn", "on-call-end"),
    **of_room("clinic", "tablet", "tablet-revoke"),
    **of_room("clinic", "token", "token-revoke"),
    **of_room("clinic", "protocol", "protocol-version protocol-sign"),
    "clinic:protocol-edit": lambda world: {"section": "recovery"},
    **dict.fromkeys(
        ("reminders:wording", "reminders:wording-look", "reminders:wording-restore", "reminders:wording-test"),
        lambda world: {"kind": "appointment_24h", "language": "en"},
    ),
    "patients:request-appointment": lambda world: {"code": world.site.code},
    "patients:request-sent": lambda world: {"code": world.site.code},
    **of_room("patients", "patient", "edit photo photo-new contacts contact-add contact-word"),
    **of_room("patients", "patient", "history evaluation-begin"),
    **of_room("patients", "patient", "measure-new consent-new lab-new"),
    **of_room("patients", "patient", "consents card-new"),
    **of_room("patients", "card", "card card-away"),
    **of_room("patients", "consent", "consent-picture consent-pdf"),
    **of_room("patients", "contact", "contact-end"),
    **of_room("patients", "inquiry", "inquiry inquiry-contacted inquiry-close inquiry-register inquiry-link"),
    "patients:history-add": pk("patient", kind="condition"),
    "patients:history-error": pk("condition", kind="condition"),
    "patients:history-take-back": pk("condition", kind="condition"),
    "patients:history-end": pk("condition", kind="condition"),
    **of_room("patients", "evaluation", "evaluation evaluation-save evaluation-sign evaluation-review"),
    **of_room("patients", "evaluation", "evaluation-still-eligible"),
    **of_room("patients", "to_meet", "condition-met"),
    **of_room("patients", "lab", "lab-error"),
    **of_room("patients", "measure", "measure"),
    **of_room("patients", "alert", "alert alert-acknowledge alert-clear alert-close alert-grade"),
    **of_room("patients", "alert_contact", "alert-contact"),
    **of_room("patients", "patient", "safety-plan-begin"),
    **of_room("patients", "safety_plan", "safety-plan safety-plan-save safety-plan-pdf"),
    **of_room("patients", "consent", "consent consent-withdraw"),
    **of_room("patients", "job", "import-job import-progress"),
    **of_room("insurance", "payer", "payer payer-details"),
    **of_room("insurance", "check", "verification claim hand-over expire check-panel paper-new inquire"),
    **of_room("insurance", "accepted", "accepted-drop"),
    **of_room("insurance", "inquiry_file", "inquiry-file"),
    **of_room("insurance", "answer_file", "answer-file"),
    **of_room("insurance", "answer", "answer answer-match answer-aside"),
    **of_room("insurance", "paper", "paper paper-error"),
    **of_room("journey", "lapse", "plan-end plan-end-told"),
    **of_room("insurance", "coded", "bill-take-back payment superbill superbill-csv"),
    **of_room("insurance", "patient", "superbill-month superbill-month-csv"),
    **of_room("insurance", "payment", "payment-error"),
    **of_room("journey", "visit", "coding-visit"),
    **of_room("insurance", "patient", "patient open-check self-pay self-pay-end coverage-add authorization-add"),
    **of_room("insurance", "coverage", "coverage-end coverage-error"),
    **of_room("insurance", "authorization", "authorization-error authorization-paper"),
    **of_room("insurance", "self_pay", "estimate-given"),
    **of_room("insurance", "patient", "costs estimate-make"),
    **of_room("insurance", "estimate", "estimate estimate-paper"),
    "costs:estimate": lambda world: {"token": "a-secret-of-this-world"},
    "costs:estimate-paper": lambda world: {"token": "a-secret-of-this-world"},
    **of_room("reminders", "task", "task task-take"),
    **of_room("reminders", "patient", "messages reaching"),
    **of_room("reminders", "inbound", "inbound"),
    **of_room("reminders", "message", "message message-again message-called"),
    **of_room("reminders", "webhook", "webhook webhook-secret webhook-test webhook-off"),
    **of_room("reminders", "webhook_delivery", "webhook-again"),
    "reminders:text-status": lambda world: {"key": world.task.pk},
    **of_room("visits", "visit", "appointment confirm arrive begin finish cancel no-show move undo longer ride"),
    **of_room("visits", "patient", "book wish-new walk-in"),
    **of_room("therapy", "patient", "book"),
    **of_room("visits", "wish", "wish wish-remove"),
    **of_room("visits", "opening", "opening opening-give"),
    "visits:offer-decline": pk("offer"),
    "visits:feed": lambda world: {"token": "no-calendar-of-this-world"},
    "linked:start": lambda world: {"token": "a-secret-of-this-world"},
    "linked:intake": lambda world: {"token": "a-secret-of-this-world"},
    "linked:intake-step": lambda world: {"token": "a-secret-of-this-world", "key": "about"},
    "linked:intake-consent": lambda world: {"token": "a-secret-of-this-world", "kind": "treatment"},
    **of_room("patients", "patient", "intake intake-send intake-tablet"),
    "patients:intake-revoke": pk("link"),
    "patients:measures-revoke": pk("link"),
    **of_room("patients", "patient", "measures measures-send measures-tablet"),
    "patients:intake-confirm": pk("intake_row"),
    "linked:measures": lambda world: {"token": "a-secret-of-this-world"},
    "linked:measures-help": lambda world: {"token": "a-secret-of-this-world"},
    "linked:measure": lambda world: {"token": "a-secret-of-this-world", "instrument": "phq9"},
    "visits:offer": lambda world: {"token": "a-secret-of-this-world"},
    **of_room("infusions", "infusion", "infusion parts check-in clear start pause resume complete stop hold not-given"),
    **of_room(
        "infusions",
        "infusion",
        "override arrival test suspend escort draw double-check waste discard vitals event discharge long-term",
    ),
    **of_room("infusions", "infusion", "readings"),
    "infusions:device-revoke": pk("device"),
    "journey:export": pk("patient"),
    "journey:export-progress": pk("export"),
    "journey:export-file": lambda world: {"pk": world.export.pk, "key": world.export_file.key},
    **dict.fromkeys(
        ("infusions:reading-accept", "infusions:reading-reject"),
        lambda world: {"pk": world.infusion.pk, "reading": world.reading.pk},
    ),
    "infusions:correct": lambda world: {"pk": world.infusion.pk, "row": world.vitals.pk},
    "infusions:answer": lambda world: {"pk": world.infusion.pk, "row": world.vitals.pk},
    "infusions:phrase-forget": pk("vitals"),
    "infusions:event-error": lambda world: {"pk": world.infusion.pk, "event": world.vitals.pk},
    **of_room("infusions", "series", "orders order-preview review review-consequences resume-series"),
    **of_room("infusions", "series", "boosters booster-plan booster-dates relapse-ask relapse-settle"),
    **of_room("infusions", "order", "order-countersign"),
    **of_room("infusions", "vial", "vial vial-waste vial-count vial-return vial-close vial-settle"),
    **of_room("infusions", "stock_count", "count-close"),
    **of_room("infusions", "checkin", "checkin"),
    **of_room("infusions", "adverse", "adverse-event adverse-review"),
    **of_room(
        "infusions", "infusion", "adverse-report note note-write note-sign note-addendum note-pdf against-advice"
    ),
    **of_room("therapy", "session", "session intentions missed risk"),
    **of_room("therapy", "group", "group group-join group-move group-cancel"),
    "therapy:private-begin": pk("session"),
    **of_room("therapy", "private_note", "private private-save private-destroy private-authorize"),
    **of_room("therapy", "release", "private-release private-revoke"),
    **of_room("therapy", "series", "plan plan-write plan-read plan-link collateral"),
    **of_room("therapy", "collateral", "collateral-link collateral-end"),
    **of_room("therapy", "patient", "referrals referral-new"),
    **of_room("therapy", "referral", "referral-pdf referral-step"),
    "plan:tick": lambda world: {"token": "a-secret-of-this-world", "pk": world.visit.pk},
    "plan:end-consent": lambda world: {"token": "a-secret-of-this-world", "pk": world.visit.pk},
    **{
        f"plan:{name}": lambda world: {"token": "a-secret-of-this-world"} for name in ("own", "journal", "help", "note")
    },
    "therapy:write": pk("session", kind="plan"),
    "therapy:addendum": pk("session", kind="plan"),
    "therapy:note": pk("session", kind="progress"),
    **of_room("therapy", "note_phrase", "phrase phrase-forget"),
    **of_room("therapy", "session_note", "cosign send-back"),
    **of_room(
        "journey", "patient", "chart chart-timeline series-plan outcome curve-share curve-end summary summary-sign"
    ),
    **of_room("journey", "summary", "summary-pdf"),
    **of_room("journey", "patient", "audit-patient audit-patient-list record-mark"),
    **of_room("journey", "emergency", "emergency-record emergency-close audit-emergency-review"),
    **of_room("journey", "mark", "record-mark-end"),
    **of_room("journey", "staff", "audit-person"),
    **{
        f"own:{name}": lambda world: {"token": "a-secret-of-this-world"}
        for name in ("curve", "visits", "tonight", "checkin", "checkin-help", "summary")
    },
    **{
        f"own:{name}": lambda world: {"token": "a-secret-of-this-world", "pk": world.visit.pk}
        for name in ("visit", "confirm", "move", "cancel", "ride", "prepare", "calendar")
    },
    **of_room("journey", "goal", "goal-rate"),
    **of_room("journey", "outcome_run", "outcomes-progress"),
    "journey:outcome-add": pk("patient", kind="goal"),
    "journey:outcome-error": pk("goal", kind="goal"),
    **of_room("journey", "series", "booster repair-series gap-decision extend-series"),
    **of_room("journey", "repair", "repair repair-progress repair-carry-out repair-undo"),
    **of_room("journey", "visit", "today-visit today-step today-cancel today-move arrivals-step"),
}
