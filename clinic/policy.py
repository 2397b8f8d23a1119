"""Who may do what: the one table that pages, API and templates ask. What it does not grant is denied.

A user holds roles at sites (`Membership`). `GRANTS` says which roles carry an action; `ROUTES` says which action opens
a page. A route that no line names is closed to everybody, and a test finds it.
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
    SEE_TASKS = "see the task list"
    SEE_MESSAGES = "see what patients were told"
    SEE_REPORTS = "see reports"
    SIGN_SUMMARY = "sign summaries for other clinicians"
    SHARE_CURVE = "share their own curve with patients"
    MANAGE_CLINIC = "manage sites, rooms, hours, staff and shifts"
    SEE_PROTOCOL = "see the protocol settings"
    SIGN_PROTOCOL = "sign the protocol settings"
    SEE_AUDIT = "see the audit trail"


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
    Action.SEE_TASKS: _ALL,
    Action.SEE_MESSAGES: _ALL,
    Action.SEE_REPORTS: frozenset({Role.PROVIDER, Role.CLINIC_ADMIN}),
    Action.SIGN_SUMMARY: frozenset({Role.PROVIDER}),
    Action.SHARE_CURVE: _CLINICAL,
    Action.MANAGE_CLINIC: frozenset({Role.CLINIC_ADMIN}),
    Action.SEE_PROTOCOL: _CLINICAL | {Role.CLINIC_ADMIN},
    Action.SIGN_PROTOCOL: frozenset({Role.PROVIDER}),
    Action.SEE_AUDIT: frozenset({Role.CLINIC_ADMIN}),
}


class Door(StrEnum):
    """Routes that no single action guards."""

    PUBLIC = "public"  # anybody, signed in or not
    SIGNED_IN = "signed in"  # every active member of staff
    CLOSED = "closed"  # nobody: a library brings the page, the house does not want it


ROUTES: dict[str, Action | Door] = {
    # clinic: the frame
    "worker": Door.PUBLIC,
    "offline": Door.PUBLIC,
    "health-live": Door.PUBLIC,
    "health-ready": Door.PUBLIC,
    "clinic:switch-site": Door.SIGNED_IN,
    "clinic:unlock": Door.PUBLIC,
    "clinic:switch-in": Door.SIGNED_IN,
    "clinic:pin": Door.SIGNED_IN,
    "clinic:tablets": Action.MANAGE_CLINIC,
    "clinic:tablet-revoke": Action.MANAGE_CLINIC,
    "clinic:keep-key": Door.SIGNED_IN,
    "clinic:gallery": Action.MANAGE_CLINIC,
    # clinic: sign-in and accounts (django-allauth)
    "account_login": Door.PUBLIC,
    "account_logout": Door.PUBLIC,
    "account_signup": Door.PUBLIC,  # closed by the adapter; answers that accounts are made by the clinic
    "account_inactive": Door.PUBLIC,
    "account_reset_password": Door.PUBLIC,
    "account_reset_password_done": Door.PUBLIC,
    "account_reset_password_from_key": Door.PUBLIC,
    "account_reset_password_from_key_done": Door.PUBLIC,
    "account_reauthenticate": Door.SIGNED_IN,
    "account_change_password": Door.SIGNED_IN,
    "account_set_password": Door.SIGNED_IN,
    # An address is not verified here, so nobody changes the one they sign in with by themselves.
    "account_email": Door.CLOSED,
    "account_email_verification_sent": Door.CLOSED,
    "account_confirm_email": Door.CLOSED,
    "account_confirm_login_code": Door.CLOSED,
    "mfa_authenticate": Door.PUBLIC,
    "mfa_reauthenticate": Door.SIGNED_IN,
    "mfa_index": Door.SIGNED_IN,
    "mfa_activate_totp": Door.SIGNED_IN,
    "mfa_deactivate_totp": Door.SIGNED_IN,
    "mfa_view_recovery_codes": Door.SIGNED_IN,
    "mfa_generate_recovery_codes": Door.SIGNED_IN,
    "mfa_download_recovery_codes": Door.SIGNED_IN,
    "usersessions_list": Door.SIGNED_IN,
    # clinic: settings of the place
    "clinic:settings": Action.MANAGE_CLINIC,
    "clinic:site-new": Action.MANAGE_CLINIC,
    "clinic:site-edit": Action.MANAGE_CLINIC,
    "clinic:room-new": Action.MANAGE_CLINIC,
    "clinic:room-edit": Action.MANAGE_CLINIC,
    "clinic:room-close": Action.MANAGE_CLINIC,
    "clinic:room-reopen": Action.MANAGE_CLINIC,
    "clinic:hours": Action.MANAGE_CLINIC,
    "clinic:hours-edit": Action.MANAGE_CLINIC,
    "clinic:hours-remove": Action.MANAGE_CLINIC,
    "clinic:closures": Action.MANAGE_CLINIC,
    "clinic:closure-edit": Action.MANAGE_CLINIC,
    "clinic:closure-remove": Action.MANAGE_CLINIC,
    "clinic:staff": Action.MANAGE_CLINIC,
    "clinic:person-new": Action.MANAGE_CLINIC,
    "clinic:person": Action.MANAGE_CLINIC,
    "clinic:person-edit": Action.MANAGE_CLINIC,
    "clinic:person-roles": Action.MANAGE_CLINIC,
    "clinic:person-deactivate": Action.MANAGE_CLINIC,
    "clinic:person-reactivate": Action.MANAGE_CLINIC,
    "clinic:person-second-factor": Action.MANAGE_CLINIC,
    "clinic:person-invite": Action.MANAGE_CLINIC,
    "clinic:shift-add": Action.MANAGE_CLINIC,
    "clinic:shift-edit": Action.MANAGE_CLINIC,
    "clinic:shift-end": Action.MANAGE_CLINIC,
    "clinic:exception-add": Action.MANAGE_CLINIC,
    "clinic:exception-remove": Action.MANAGE_CLINIC,
    "clinic:on-call": Action.MANAGE_CLINIC,
    "clinic:on-call-end": Action.MANAGE_CLINIC,
    "clinic:protocol": Action.SEE_PROTOCOL,
    "clinic:protocol-versions": Action.SEE_PROTOCOL,
    "clinic:protocol-version": Action.SEE_PROTOCOL,
    "clinic:protocol-edit": Action.MANAGE_CLINIC,
    "clinic:protocol-adopt": Action.MANAGE_CLINIC,
    "clinic:protocol-sign": Action.SIGN_PROTOCOL,
    # patients
    "patients:list": Action.SEE_PATIENTS,
    "patients:search": Action.SEE_PATIENTS,
    "patients:new": Action.EDIT_PATIENT,
    "patients:edit": Action.EDIT_PATIENT,
    "patients:card": Action.SEE_COVERAGE,
    "patients:card-new": Action.SEE_COVERAGE,
    "patients:card-away": Action.SEE_COVERAGE,
    "patients:photo": Action.SEE_PATIENTS,
    "patients:photo-new": Action.EDIT_PATIENT,
    "patients:contacts": Action.SEE_PATIENTS,
    "patients:contact-add": Action.EDIT_PATIENT,
    "patients:contact-end": Action.EDIT_PATIENT,
    "patients:contact-word": Action.EDIT_PATIENT,
    "patients:inquiries": Action.HANDLE_INQUIRIES,
    "patients:inquiry-new": Action.HANDLE_INQUIRIES,
    "patients:inquiry": Action.HANDLE_INQUIRIES,
    "patients:inquiry-contacted": Action.HANDLE_INQUIRIES,
    "patients:inquiry-close": Action.HANDLE_INQUIRIES,
    "patients:inquiry-register": Action.HANDLE_INQUIRIES,
    "patients:inquiry-link": Action.HANDLE_INQUIRIES,
    "patients:request-appointment": Door.PUBLIC,
    "patients:request-sent": Door.PUBLIC,
    "linked:measures": Door.PUBLIC,
    "linked:measures-help": Door.PUBLIC,
    "linked:measure": Door.PUBLIC,
    "linked:start": Door.PUBLIC,  # the secret in the link and the birth date open it
    "linked:intake": Door.PUBLIC,
    "linked:intake-step": Door.PUBLIC,
    "linked:intake-consent": Door.PUBLIC,
    "patients:intake": Action.SEND_LINK,
    "patients:intake-send": Action.SEND_LINK,
    "patients:intake-tablet": Action.SEND_LINK,
    "patients:intake-revoke": Action.SEND_LINK,
    "patients:intake-confirm": Action.RECORD_HISTORY,
    "patients:history": Action.SEE_CHART,
    "patients:history-add": Action.RECORD_HISTORY,
    "patients:history-error": Action.RECORD_HISTORY,
    "patients:history-take-back": Action.RECORD_HISTORY,
    "patients:history-end": Action.RECORD_HISTORY,
    "patients:evaluation-begin": Action.EVALUATE,
    "patients:evaluation": Action.SEE_CHART,
    "patients:evaluation-save": Action.EVALUATE,
    "patients:evaluation-sign": Action.EVALUATE,
    "patients:evaluation-review": Action.EVALUATE,
    "patients:evaluation-still-eligible": Action.EVALUATE,
    "patients:condition-met": Action.MEET_CONDITION,
    "patients:lab-new": Action.RECORD_HISTORY,
    "patients:lab-error": Action.RECORD_HISTORY,
    "patients:measures": Action.SEE_CHART,
    "patients:measures-send": Action.RECORD_MEASURE,
    "patients:measures-tablet": Action.RECORD_MEASURE,
    "patients:measures-revoke": Action.RECORD_MEASURE,
    "patients:measure-new": Action.RECORD_MEASURE,
    "patients:measure": Action.SEE_CHART,
    "patients:alert": Action.HANDLE_ALERT,
    "patients:alert-acknowledge": Action.HANDLE_ALERT,
    "patients:alert-clear": Action.CLEAR_ALERT,
    "patients:alert-close": Action.CLOSE_ALERT,
    "patients:alert-grade": Action.CLEAR_ALERT,
    "patients:alert-contact": Action.HANDLE_ALERT,
    "patients:alert-strip": Action.HANDLE_ALERT,
    "patients:safety-plan-begin": Action.MAKE_SAFETY_PLAN,
    "patients:safety-plan": Action.SEE_CHART,
    "patients:safety-plan-save": Action.MAKE_SAFETY_PLAN,
    "patients:safety-plan-pdf": Action.SEE_CHART,
    "patients:consents": Action.SEE_CHART,
    "patients:consent-picture": Action.SEE_CHART,
    "patients:consent-pdf": Action.SEE_CHART,
    "patients:consent-new": Action.RECORD_CONSENT,
    "patients:consent": Action.SEE_CHART,
    "patients:consent-withdraw": Action.RECORD_CONSENT,
    "patients:import": Action.IMPORT_PATIENTS,
    "patients:import-job": Action.IMPORT_PATIENTS,
    "patients:import-progress": Action.IMPORT_PATIENTS,
    # insurance
    "insurance:queue": Action.SEE_COVERAGE,
    "insurance:payers": Action.VERIFY_BENEFITS,
    "insurance:payer": Action.VERIFY_BENEFITS,
    "insurance:verification": Action.SEE_COVERAGE,
    "insurance:claim": Action.VERIFY_BENEFITS,
    "insurance:hand-over": Action.VERIFY_BENEFITS,
    "insurance:expire": Action.VERIFY_BENEFITS,
    "insurance:patient": Action.SEE_COVERAGE,
    "insurance:open-check": Action.VERIFY_BENEFITS,
    "insurance:self-pay": Action.VERIFY_BENEFITS,
    "insurance:self-pay-end": Action.VERIFY_BENEFITS,
    "insurance:estimate-given": Action.VERIFY_BENEFITS,
    "insurance:coverage-add": Action.SEE_COVERAGE,
    "insurance:coverage-end": Action.SEE_COVERAGE,
    "insurance:coverage-error": Action.SEE_COVERAGE,
    "insurance:authorization-add": Action.VERIFY_BENEFITS,
    "insurance:authorization-error": Action.VERIFY_BENEFITS,
    # reminders
    "reminders:tasks": Action.SEE_TASKS,
    "reminders:task": Action.SEE_TASKS,
    "reminders:task-take": Action.SEE_TASKS,
    "reminders:messages": Action.SEE_MESSAGES,
    # visits
    "visits:schedule": Action.SEE_SCHEDULE,
    "visits:appointment": Action.SEE_SCHEDULE,
    "visits:book": Action.BOOK,
    "visits:confirm": Action.BOOK,
    "visits:arrive": Action.BOOK,
    "visits:begin": Action.BOOK,
    "visits:finish": Action.BOOK,
    "visits:cancel": Action.BOOK,
    "visits:no-show": Action.BOOK,
    "visits:move": Action.BOOK,
    "visits:longer": Action.BOOK,
    "visits:undo": Action.BOOK,
    "visits:calendar": Door.SIGNED_IN,
    "visits:feed": Door.PUBLIC,  # the secret in the address opens it
    "visits:walk-in-find": Action.CHECK_IN,
    "visits:walk-in": Action.CHECK_IN,
    "visits:waitlist": Action.BOOK,
    "visits:wish-new": Action.BOOK,
    "visits:wish": Action.BOOK,
    "visits:wish-remove": Action.BOOK,
    "visits:opening": Action.BOOK,
    "visits:opening-give": Action.BOOK,
    "visits:offer-decline": Action.BOOK,
    "visits:offer": Door.PUBLIC,  # the secret in the link opens it
    # infusions
    "infusions:station": Action.SEE_INFUSION,
    "infusions:infusion": Action.SEE_INFUSION,
    "infusions:parts": Action.SEE_INFUSION,
    "infusions:check-in": Action.CHECK_IN,
    "infusions:clear": Action.RUN_INFUSION,
    "infusions:start": Action.RUN_INFUSION,
    "infusions:pause": Action.RUN_INFUSION,
    "infusions:resume": Action.RUN_INFUSION,
    "infusions:complete": Action.RUN_INFUSION,
    "infusions:stop": Action.RUN_INFUSION,
    "infusions:hold": Action.RUN_INFUSION,
    "infusions:not-given": Action.RUN_INFUSION,
    "infusions:override": Action.OVERRIDE_GATE,
    "infusions:arrival": Action.RUN_INFUSION,
    "infusions:test": Action.RUN_INFUSION,
    "infusions:suspend": Action.REVIEW_RESPONSE,
    "infusions:resume-series": Action.REVIEW_RESPONSE,
    "infusions:escort": Action.RUN_INFUSION,
    "infusions:draw": Action.RUN_INFUSION,
    "infusions:double-check": Action.CHECK_DOSE,
    "infusions:waste": Action.KEEP_LEDGER,
    "infusions:discard": Action.KEEP_LEDGER,
    "infusions:vitals": Action.RUN_INFUSION,
    "infusions:event": Action.RUN_INFUSION,
    "infusions:discharge": Action.DISCHARGE,
    "infusions:correct": Action.RUN_INFUSION,
    "infusions:answer": Action.RUN_INFUSION,
    "infusions:event-error": Action.RUN_INFUSION,
    "infusions:phrase-keep": Action.RUN_INFUSION,
    "infusions:phrase-forget": Action.RUN_INFUSION,
    "infusions:orders": Action.SEE_INFUSION,
    "infusions:order-preview": Action.ORDER_DOSE,
    "infusions:order-countersign": Action.ORDER_DOSE,
    "infusions:review": Action.SEE_INFUSION,
    "infusions:review-consequences": Action.REVIEW_RESPONSE,
    "infusions:maintenance": Action.BOOK,
    "infusions:boosters": Action.BOOK,
    "infusions:booster-plan": Action.REVIEW_RESPONSE,
    "infusions:relapse-ask": Action.BOOK,
    "infusions:relapse-settle": Action.REVIEW_RESPONSE,
    "infusions:long-term": Action.RUN_INFUSION,
    "infusions:booster-dates": Action.REVIEW_RESPONSE,
    "infusions:vials": Action.KEEP_LEDGER,
    "infusions:vial": Action.KEEP_LEDGER,
    "infusions:vial-waste": Action.KEEP_LEDGER,
    "infusions:vial-count": Action.KEEP_LEDGER,
    "infusions:vial-return": Action.KEEP_LEDGER,
    "infusions:vial-close": Action.KEEP_LEDGER,
    "infusions:vial-settle": Action.KEEP_LEDGER,
    "infusions:count": Action.KEEP_LEDGER,
    "infusions:count-close": Action.KEEP_LEDGER,
    "infusions:counts": Action.KEEP_LEDGER,
    "infusions:ledger-export": Action.KEEP_LEDGER,
    "infusions:adverse-events": Action.SEE_INFUSION,
    "infusions:adverse-event": Action.SEE_INFUSION,
    "infusions:adverse-report": Action.REPORT_ADVERSE,
    "infusions:adverse-review": Action.REVIEW_ADVERSE,
    "infusions:note": Action.SEE_INFUSION,
    "infusions:note-write": Action.WRITE_NOTE,
    "infusions:note-sign": Action.WRITE_NOTE,
    "infusions:note-addendum": Action.WRITE_NOTE,
    "infusions:note-pdf": Action.SEE_INFUSION,
    "infusions:against-advice": Action.DISCHARGE,
    "infusions:flowsheets": Action.RUN_INFUSION,
    "infusions:flowsheets-pdf": Action.RUN_INFUSION,
    # therapy
    "therapy:mine": Action.WRITE_THERAPY,
    "therapy:session": Action.SEE_THERAPY,
    "therapy:write": Action.WRITE_THERAPY,
    "therapy:addendum": Action.WRITE_THERAPY,
    "therapy:intentions": Action.WRITE_THERAPY,
    "therapy:missed": Action.WRITE_THERAPY,
    # journey
    "journey:home": Action.SEE_TASKS,
    "journey:today": Action.SEE_SCHEDULE,
    "journey:hallway": Action.SEE_SCHEDULE,
    "journey:today-visit": Action.SEE_SCHEDULE,
    "journey:today-step": Action.BOOK,
    "journey:today-cancel": Action.BOOK,
    "journey:today-move": Action.BOOK,
    "journey:arrivals": Action.CHECK_IN,
    "journey:arrivals-step": Action.CHECK_IN,
    "journey:chart": Action.SEE_PATIENTS,
    "journey:series-plan": Action.BOOK,
    "journey:booster": Action.BOOK,
    "journey:repair-series": Action.BOOK,
    "journey:gap-decision": Action.REVIEW_RESPONSE,
    "journey:extend-series": Action.REVIEW_RESPONSE,
    "journey:repairs": Action.SEE_SCHEDULE,
    "journey:repair-ask": Action.BOOK,
    "journey:repair": Action.SEE_SCHEDULE,
    "journey:repair-progress": Action.SEE_SCHEDULE,
    "journey:repair-carry-out": Action.BOOK,
    "journey:repair-undo": Action.BOOK,
    "journey:overbookings": Action.OVERBOOK,
    "journey:outcome": Action.SEE_CHART,
    "journey:outcome-add": Action.RECORD_PROGRESS,
    "journey:goal-rate": Action.RECORD_PROGRESS,
    "journey:outcome-error": Action.RECORD_PROGRESS,
    "journey:curve-share": Action.SHARE_CURVE,
    "journey:curve-end": Action.SHARE_CURVE,
    "own:curve": Door.PUBLIC,  # the secret in the link and the birth date open it
    "journey:summary": Action.SEE_CHART,
    "journey:summary-sign": Action.SIGN_SUMMARY,
    "journey:summary-pdf": Action.SEE_CHART,
    "journey:outcomes": Action.SEE_REPORTS,
    "journey:outcomes-csv": Action.SEE_REPORTS,
    "journey:outcomes-count": Action.SEE_REPORTS,
    "journey:outcomes-progress": Action.SEE_REPORTS,
}


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
