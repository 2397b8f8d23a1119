"""Who may do what: the one table that pages, API and templates ask. What it does not grant is denied.

A user holds roles at sites (`Membership`). `GRANTS` says which roles carry an action; `clinic.routes` says which action
opens a page.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from clinic.errors import NotPermitted

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from clinic.models import Site, User


class Role(StrEnum):
    FRONT_DESK = "front_desk"
    NURSE = "nurse"
    THERAPIST = "therapist"
    PROVIDER = "provider"
    INSURANCE_ADMIN = "insurance_admin"
    CLINIC_ADMIN = "clinic_admin"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


class Action(StrEnum):
    """What a person does, in the words of the clinic."""

    SEE_PATIENTS = "see patients and their demographics"
    SEE_CHART = "read the clinical chart"
    EDIT_PATIENT = "register and edit patients"
    HANDLE_INQUIRIES = "handle inquiries"
    IMPORT_PATIENTS = "import patients"
    SEND_LINK = "send patients their secret links"
    RECORD_HISTORY = "record history, medications and allergies"
    RECORD_MEASURE = "record questionnaires"
    RECORD_PROGRESS = "write goals, what was noticed and life events"
    RECORD_CONSENT = "record consents"
    EVALUATE = "evaluate and sign eligibility"
    MEET_CONDITION = "say that a condition of an evaluation is met"
    HANDLE_ALERT = "act on a safety alert"
    CLOSE_ALERT = "close a safety alert"
    MAKE_SAFETY_PLAN = "make a safety plan with a patient"
    CLEAR_ALERT = "decide on a grave safety alert and clear infusions"
    SEE_COVERAGE = "see coverage and verification"
    VERIFY_BENEFITS = "verify benefits"
    KEEP_FEES = "keep the fee schedule"
    CODE_VISITS = "code visits for the bill"
    SEE_SCHEDULE = "see the schedule"
    BOOK = "book, move and cancel visits"
    OVERBOOK = "overbook on purpose, with a reason"
    CHECK_IN = "check people in"
    SEE_INFUSION = "see an infusion"
    RUN_INFUSION = "run an infusion"
    CHECK_DOSE = "double-check a dose"
    ORDER_DOSE = "order doses"
    OVERRIDE_GATE = "override the readiness gate"
    DISCHARGE = "discharge after an infusion"
    KEEP_LEDGER = "keep the drug ledger"
    REPORT_ADVERSE = "report adverse events and near misses"
    REVIEW_ADVERSE = "review and sign adverse events"
    WRITE_NOTE = "write and sign the note of an infusion"
    REVIEW_RESPONSE = "review the response and plan boosters"
    SEE_THERAPY = "see therapy sessions"
    WRITE_THERAPY = "plan and document therapy sessions"
    READ_JOURNAL = "read what patients and those close to them write between sessions"
    REFER = "refer patients to other care"
    SEE_TASKS = "see the task list"
    SEE_MESSAGES = "see what patients were told"
    HANDLE_MESSAGES = "see to messages that did not arrive"
    SEE_REPORTS = "see reports"
    SIGN_SUMMARY = "sign summaries for other clinicians"
    SHARE_CURVE = "share their own curve with patients"
    MANAGE_CLINIC = "manage sites, rooms, hours, staff and shifts"
    SEE_PROTOCOL = "see the protocol settings"
    SIGN_PROTOCOL = "sign the protocol settings"
    EXPORT_RECORD = "export a whole record"
    SEE_AUDIT = "see the audit trail"
    KEEP_RECORDS = "hold records, and mark those whose readers are looked at"
    OPEN_IN_EMERGENCY = "open a record in an emergency"


_ALL = frozenset(Role)
_CLINICAL = frozenset({Role.NURSE, Role.THERAPIST, Role.PROVIDER})
_DESK = frozenset({Role.FRONT_DESK, Role.INSURANCE_ADMIN, Role.CLINIC_ADMIN})

GRANTS: dict[Action, frozenset[Role]] = {
    Action.SEE_PATIENTS: _ALL,
    Action.SEE_CHART: _CLINICAL,
    Action.EDIT_PATIENT: _ALL - {Role.THERAPIST},
    Action.HANDLE_INQUIRIES: frozenset({Role.FRONT_DESK, Role.CLINIC_ADMIN}),
    Action.IMPORT_PATIENTS: frozenset({Role.CLINIC_ADMIN}),
    Action.SEND_LINK: _ALL - {Role.INSURANCE_ADMIN},
    Action.RECORD_HISTORY: frozenset({Role.NURSE, Role.PROVIDER}),
    Action.RECORD_MEASURE: _CLINICAL,
    Action.RECORD_PROGRESS: _CLINICAL,
    Action.RECORD_CONSENT: frozenset({Role.NURSE, Role.PROVIDER}),
    Action.EVALUATE: frozenset({Role.PROVIDER}),
    Action.MEET_CONDITION: _CLINICAL,
    Action.HANDLE_ALERT: _CLINICAL,
    Action.CLOSE_ALERT: frozenset({Role.THERAPIST, Role.PROVIDER}),
    Action.MAKE_SAFETY_PLAN: _CLINICAL,
    Action.CLEAR_ALERT: frozenset({Role.PROVIDER}),
    Action.SEE_COVERAGE: _DESK | {Role.PROVIDER},
    Action.VERIFY_BENEFITS: frozenset({Role.INSURANCE_ADMIN}),
    Action.KEEP_FEES: frozenset({Role.INSURANCE_ADMIN, Role.CLINIC_ADMIN}),
    Action.CODE_VISITS: frozenset({Role.INSURANCE_ADMIN}),
    Action.SEE_SCHEDULE: _ALL,
    Action.BOOK: frozenset({Role.FRONT_DESK, Role.NURSE, Role.THERAPIST, Role.PROVIDER}),
    Action.OVERBOOK: frozenset({Role.PROVIDER, Role.CLINIC_ADMIN}),
    Action.CHECK_IN: frozenset({Role.FRONT_DESK, Role.NURSE}),
    Action.SEE_INFUSION: _CLINICAL,
    Action.RUN_INFUSION: frozenset({Role.NURSE, Role.PROVIDER}),
    Action.CHECK_DOSE: frozenset({Role.NURSE, Role.PROVIDER}),
    Action.ORDER_DOSE: frozenset({Role.PROVIDER}),
    Action.OVERRIDE_GATE: frozenset({Role.PROVIDER}),
    Action.DISCHARGE: frozenset({Role.NURSE, Role.PROVIDER}),
    Action.KEEP_LEDGER: frozenset({Role.NURSE, Role.PROVIDER}),
    Action.REPORT_ADVERSE: _CLINICAL,
    Action.REVIEW_ADVERSE: frozenset({Role.PROVIDER}),
    Action.WRITE_NOTE: frozenset({Role.NURSE, Role.PROVIDER}),
    Action.REVIEW_RESPONSE: frozenset({Role.PROVIDER}),
    Action.SEE_THERAPY: _CLINICAL,
    Action.WRITE_THERAPY: frozenset({Role.THERAPIST}),
    Action.READ_JOURNAL: frozenset({Role.THERAPIST, Role.PROVIDER}),
    Action.REFER: frozenset({Role.THERAPIST, Role.PROVIDER}),
    Action.SEE_TASKS: _ALL,
    Action.SEE_MESSAGES: _ALL,
    Action.HANDLE_MESSAGES: frozenset({Role.FRONT_DESK, Role.CLINIC_ADMIN}),
    Action.SEE_REPORTS: frozenset({Role.PROVIDER, Role.CLINIC_ADMIN}),
    Action.SIGN_SUMMARY: frozenset({Role.PROVIDER}),
    Action.SHARE_CURVE: _CLINICAL,
    Action.MANAGE_CLINIC: frozenset({Role.CLINIC_ADMIN}),
    Action.SEE_PROTOCOL: _CLINICAL | {Role.CLINIC_ADMIN},
    Action.SIGN_PROTOCOL: frozenset({Role.PROVIDER}),
    Action.EXPORT_RECORD: frozenset({Role.NURSE, Role.PROVIDER}),
    Action.SEE_AUDIT: frozenset({Role.CLINIC_ADMIN}),
    Action.KEEP_RECORDS: frozenset({Role.CLINIC_ADMIN}),
    Action.OPEN_IN_EMERGENCY: _CLINICAL | {Role.FRONT_DESK},
}


class Door(StrEnum):
    """Routes that no single action guards."""

    PUBLIC = "public"  # anybody, signed in or not
    SIGNED_IN = "signed in"  # every active member of staff
    CLOSED = "closed"  # nobody: a library brings the page, the house does not want it


def can(user: User | AnonymousUser, action: Action, at: Site | None = None) -> bool:
    """Whether one of the user's roles at `at` (at any site, when None) carries `action`."""
    if not user.is_authenticated or not user.is_active:
        return False
    granted = GRANTS.get(action, frozenset())
    return any(
        membership.role in granted and (at is None or membership.site_id == at.pk) for membership in user.roles_held
    )


def require(user: User | AnonymousUser, action: Action, *, at: Site) -> None:
    """Raise NotPermitted, with a sentence, unless the user may do `action` at `at`."""
    if not can(user, action, at):
        raise NotPermitted(f"Your role does not let you {action.value} at {at.name}. Ask a colleague who may.")
