"""Every kind of follow-up: what it is called, whose it is, what may come of it, and whom it goes up to when late.

A kind that is not in `CATALOGUE` opens no task: whoever brings in another adds its line here. Protocol 7.2, 7.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from clinic.policy import Role

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

NOT_REACHED = "Not reached"
NOT_NEEDED = "No longer needed"
OTHER = "Something else"
EXPLAINED = frozenset({NOT_NEEDED, OTHER})
"""Outcomes that say nothing by themselves: a sentence is asked for."""

DONE = ("Done",)
SEEN = ("Read and seen to",)
DECIDED = ("Decided",)
BOOKED = ("Booked", "Patient does not want it", "Patient will call back")
SPOKEN = ("Reached, all is well", "Reached, a nurse or provider follows up", "Reached, new time agreed")
FOUND = ("Contact reached, patient is safe", "Contact reached, help was sent", "Police asked to look")
ASKED = ("Asked for", "Payer refused")

SIGNED = "It closes itself once that is signed."
VISIT_SAYS = "It closes itself once the visit is confirmed, moved or cancelled."
VISIT_MOVED = "It closes itself once the visit is moved or cancelled."
VISIT_BOOKED = "It closes itself once another visit is booked."
ASK_ALL = "It closes itself once the answers are kept: ask every question, the last one too."
RIDE_NAMED = "It closes itself once the page of the visit says who comes."
LEDGER = "It closes itself once the drug ledger says so."

FRONT_DESK, NURSE, THERAPIST = Role.FRONT_DESK, Role.NURSE, Role.THERAPIST
PROVIDER, INSURANCE, ADMIN = Role.PROVIDER, Role.INSURANCE_ADMIN, Role.CLINIC_ADMIN


@dataclass(frozen=True)
class Kind:
    """What all tasks of one kind have in common.

    `again`: a call that may be in vain; it is due again after so long, and after `tries` of them `then` is opened.
    `escalates`: so long after it was due, it stands in the list of `escalates_to` as well.
    `deed`: what ends it by itself; a person can only say why that is not to be, and not even that when it is `firm`.
    """

    label: str
    role: Role
    outcomes: tuple[str, ...] = DONE
    escalates: timedelta | None = DAY
    escalates_to: Role = ADMIN
    again: timedelta | None = None
    tries: int = 2
    then: str = ""
    deed: str = ""
    firm: bool = False

    @property
    def is_call(self) -> bool:
        return self.again is not None

    def choices(self, own: tuple[str, ...] = ()) -> tuple[str, ...]:
        """What can be chosen when the task is ended; `own` are the outcomes of the task itself."""
        if self.firm:
            return ()
        return (*(own or self.outcomes), *((NOT_REACHED,) if self.is_call else ()), NOT_NEEDED, OTHER)


def _clinical(label: str, role: Role, outcomes: tuple[str, ...] = DONE, escalates: timedelta | None = DAY) -> Kind:
    """What is said of it is clinical, so it goes up to a provider."""
    return Kind(label, role, outcomes, escalates, PROVIDER)


def _deed(label: str, role: Role, deed: str, escalates: timedelta = DAY, *, firm: bool = False) -> Kind:
    """What ends when the thing itself is done, and not by a word about it."""
    return Kind(label, role, (), escalates, PROVIDER, deed=deed, firm=firm)


def _call(label: str, role: Role, escalates: timedelta, again: timedelta = 2 * HOUR, then: str = "") -> Kind:
    to = PROVIDER if role in {NURSE, THERAPIST, PROVIDER} else ADMIN
    return Kind(label, role, SPOKEN, escalates, to, again, 2, then)


def _desk_call(label: str, escalates: timedelta, outcomes: tuple[str, ...] = (), deed: str = "") -> Kind:
    """What was agreed on the phone is written where it belongs, so that the task and the visit say the same."""
    return Kind(label, FRONT_DESK, outcomes, escalates, ADMIN, 2 * HOUR, 2, "", deed)


CATALOGUE: dict[str, Kind] = {
    # Calls
    "safety_call": _call("Call after a missed visit", NURSE, HOUR),
    "safety_call_grave": _call("Safety call after a missed visit", NURSE, HOUR, HOUR, then="emergency_contact"),
    "missed_visit_call": _call("Call after a missed visit", FRONT_DESK, DAY),
    "emergency_contact": _clinical("Call the emergency contact", NURSE, FOUND, HOUR),
    "checkin_call": Kind(
        "Call a day after an infusion", NURSE, ("Would rather not answer",), 4 * HOUR, PROVIDER, 2 * HOUR, deed=ASK_ALL
    ),
    "checkin_read": _clinical("Answers of the day after to read", NURSE, SEEN, 4 * HOUR),
    "relapse_call": _call("Call: scores are rising", NURSE, DAY),
    "against_advice_call": _call("Call: left against advice", NURSE, 2 * HOUR, HOUR, "emergency_contact"),
    "alert_contact": _deed("Required contact", NURSE, "It is written down on the page of the alert.", HOUR, firm=True),
    "confirm_call": _desk_call("Call: visit not confirmed", DAY, (), VISIT_SAYS),
    "call_instead": _call("Call instead of a message", FRONT_DESK, DAY),
    "call_to_rebook": _desk_call("Call: the visit has no place any more", 4 * HOUR, BOOKED),
    "offer_by_phone": _call("Call: an earlier time is free", FRONT_DESK, DAY, HOUR),
    "link_locked": _desk_call("Call: link locked", DAY, ("New link sent", "Wants no link")),
    "intake_no_ride": _desk_call("Call: no ride home", DAY, ("Somebody was named",)),
    "patient_wants_time": _desk_call("Call: another time is wished for", DAY, ("Keeps the time",), VISIT_MOVED),
    "visit_no_ride": _desk_call("Call: nobody takes them home yet", 4 * HOUR, (), RIDE_NAMED),
    "patient_cancelled": _desk_call("Call: visit called off by link", DAY, BOOKED[1:], VISIT_BOOKED),
    "inquiry_unanswered": _call("Inquiry not answered", FRONT_DESK, DAY),
    # What was written back, and what did not arrive
    "text_read": Kind("Text to read", FRONT_DESK, ("Read and answered", "Needs no answer"), DAY),
    "text_urgent": _clinical("Text that asks for help", NURSE, ("Reached, and safe", "Help was sent"), HOUR / 4),
    "mend_phone": Kind("Phone number to mend", FRONT_DESK, ("Number mended", "Number is right", "No other number")),
    "mend_email": Kind("Email address to mend", FRONT_DESK, ("Address mended", "Address is right", "No other address")),
    "ask_how_to_reach": Kind("Ask how to reach them", FRONT_DESK, ("Agreed on a way", "Wants to be called"), 2 * DAY),
    "texts_broken": Kind("Texts don’t go out", ADMIN, ("Mended",), HOUR),
    # Papers to write, read and sign
    "note_due": _deed("Therapy note not signed", THERAPIST, SIGNED, 2 * DAY),
    "cosign_due": _deed("Therapy note to co-sign", THERAPIST, SIGNED, 4 * DAY),
    "note_sent_back": _deed("Supervisor’s remark on a note", THERAPIST, "An addendum answers it.", 4 * DAY),
    "infusion_note_due": _deed("Infusion note not signed", NURSE, SIGNED, 2 * DAY),
    "evaluation_unsigned": _deed("Evaluation not signed", PROVIDER, SIGNED, 2 * DAY),
    "intake_read": _clinical("Intake to read", NURSE, SEEN, 2 * DAY),
    "journal_read": _clinical("Journal to read", THERAPIST, SEEN, 2 * DAY),
    "collateral_read": _clinical("Note from somebody close to read", THERAPIST, SEEN, 2 * DAY),
    "referral_send": _clinical("Referral to send", PROVIDER, (), 2 * DAY),
    "referral_answer": _clinical("Answer to a referral", PROVIDER, (), 14 * DAY),
    "referral_due": _clinical("Referral to write", PROVIDER, ("Sent", "Patient does not want it"), 2 * DAY),
    "adverse_event_review": _deed("Adverse event to review", PROVIDER, SIGNED),
    "summary_due": _deed("Summary of a series to sign", PROVIDER, SIGNED, 7 * DAY),
    "review_due": _deed("Response to review", PROVIDER, SIGNED, 2 * DAY),
    # Decisions about a course
    "response_decision": _deed("Decision on a course", PROVIDER, SIGNED),
    "response_warning": _clinical("Slow response", PROVIDER, SEEN),
    "order_due": _clinical("Order to write", PROVIDER, ("Ordered", "No new order"), DAY),
    "clinical_hold": _clinical("Clinical hold", PROVIDER, DECIDED, 4 * HOUR),
    "gap_seen": _clinical("Gap in a series", PROVIDER, DECIDED),
    "gap_decision": _clinical("Series broken off", PROVIDER, DECIDED),
    "relapse_interval": _clinical("Interval to decide", PROVIDER, DECIDED),
    "relapse_evaluation": _clinical("Evaluation before a third booster", PROVIDER, ("Evaluated",)),
    "relapse_told": _clinical("Relapse: get in touch", THERAPIST, ("In touch", "Session booked")),
    # Evaluation, consent, labs, questionnaires
    "evaluation_revisit": _clinical("Evaluate again", PROVIDER, ("Evaluated", "Patient does not want it"), 7 * DAY),
    "evaluation_condition": _clinical("Condition to meet", NURSE, ("Met", "Can’t be met")),
    "evaluation_look_again": _clinical("Evaluation to look at again", PROVIDER, ("Looked at",)),
    "evaluation_expiring": _clinical("Evaluation ends", PROVIDER, ("Evaluated", "Treatment ends before")),
    "consent_expiring": _clinical("Consent ends", NURSE, ("Signed anew", "Treatment ends before")),
    "labs_due": _clinical("Blood and urine due", NURSE, ("Asked for", "Results recorded"), 14 * DAY),
    "weekly_phq9": _clinical("PHQ-9 of a paused series", NURSE, ("Asked", "Patient does not want it"), 2 * DAY),
    # Visits to book and to mend
    "booster_due": Kind("Booster to book", FRONT_DESK, BOOKED, 7 * DAY),
    "booster_move": Kind("Booster to move", FRONT_DESK, ("Moved", "Patient keeps the day"), DAY),
    "relapse_slot": _clinical("Earliest booster to book", FRONT_DESK, BOOKED),
    "preparation_unbooked": Kind("Preparation not booked", FRONT_DESK, BOOKED, HOUR, PROVIDER),
    "midpoint_unbooked": Kind("Midpoint not booked", FRONT_DESK, BOOKED, HOUR, PROVIDER),
    "integration_unbooked": Kind("Integration not booked", FRONT_DESK, BOOKED, DAY, PROVIDER),
    "session_window": _clinical("Session outside its window", THERAPIST, ("Moved", "Stays where it is")),
    "integration_offer": _clinical("Integration to offer", THERAPIST, BOOKED, DAY),
    "repair_series": Kind("Series to repair", FRONT_DESK, ("Repaired", "Patient does not want it"), DAY),
    "new_series": Kind("New series to plan", FRONT_DESK, BOOKED, 2 * DAY),
    "places_lost": Kind("Visits without a place", FRONT_DESK, ("Repaired",), DAY),
    # Who pays
    "answers_wait": Kind("Answers of payers to match", INSURANCE, ("Matched or put aside",), DAY),
    "verification_ends": Kind("Benefits to verify again", INSURANCE, ("Verified", "Payer does not answer"), DAY),
    "booster_verify": Kind("Benefits before a booster", INSURANCE, ("Verified", "Payer does not answer"), 3 * DAY),
    "authorization_short": Kind("Authorization too short", INSURANCE, ASKED, DAY),
    "authorization_retro": Kind("Approval after the fact", INSURANCE, ASKED, 3 * DAY),
    "coverage_ended": Kind("Coverage has ended", INSURANCE, ("New plan", "Self-pay agreed"), timedelta(hours=16)),
    "authorization_renewal": Kind("Authorization to renew", INSURANCE, ASKED, 3 * DAY),
    "estimate_due": Kind("Cost estimate due", INSURANCE, ("Given",), HOUR),
    "estimate_again": Kind("Cost estimate to redo", INSURANCE, ("Given", "Nothing changes"), DAY),
    "estimate_exceeded": Kind("Bill runs past its estimate", INSURANCE, ("Bill corrected", "Patient agreed"), DAY),
    # Privacy
    "emergency_access": Kind(
        "Emergency access to review", ADMIN, (), DAY, deed="It closes itself once that is judged.", firm=True
    ),
    "webhook_failed": Kind("Another system is not told", ADMIN, ("Mended", "Switched off")),
    # The drug
    "unwitnessed_waste": _deed("Rest not witnessed", NURSE, LEDGER, HOUR, firm=True),
    "daily_drug_count": _deed("Daily count", NURSE, LEDGER, 2 * HOUR, firm=True),
    "biennial_inventory": _deed("Biennial inventory", PROVIDER, LEDGER, firm=True),
    "dea_loss_report": Kind("Loss to report", PROVIDER, ("Reported",), timedelta(), ADMIN),
}  # fmt: skip


def of(kind: str) -> Kind:
    """What the catalogue says of a kind; a number at its end tells its siblings apart (weekly_phq9_3)."""
    found = CATALOGUE.get(kind) or CATALOGUE.get(kind.rstrip("0123456789").rstrip("_"))
    if found is None:
        raise LookupError(f"No follow-up is called “{kind}”. Add its line to reminders/kinds.py.")
    return found


def siblings(kind: str) -> str:
    """The kind without the number at its end."""
    return kind if kind in CATALOGUE else kind.rstrip("0123456789").rstrip("_")
