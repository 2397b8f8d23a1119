"""Why a message did not arrive, by what its provider calls it, and what follows from it.

Sources: Twilio's list of error codes (www.twilio.com/docs/api/errors), RFC 3463 for the codes of mail servers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """Where the fault lies, which says who mends it."""

    ADDRESS = "address"  # nobody can be reached there: somebody asks for the right one, nothing is sent meanwhile
    AWAY = "away"  # switched off, out of reach, held up: another way, or a call
    BLOCKED = "blocked"  # the carrier or the mailbox did not want it: another way, or a call
    STOPPED = "stopped"  # the person told the provider to stop
    HOUSE = "house"  # the clinic's own account: the clinic admin


@dataclass(frozen=True)
class Reason:
    fault: Fault
    says: str


TWILIO: dict[str, Reason] = {
    "20003": Reason(Fault.HOUSE, "The provider of texts does not know the account or its token."),
    "20008": Reason(Fault.HOUSE, "The account of the provider of texts is a test account."),
    "21211": Reason(Fault.ADDRESS, "This is not a phone number."),
    "21214": Reason(Fault.ADDRESS, "This number can’t be reached."),
    "21217": Reason(Fault.ADDRESS, "This is not a phone number."),
    "21408": Reason(Fault.HOUSE, "Texts to that country are switched off in the account."),
    "21606": Reason(Fault.HOUSE, "The clinic’s number can’t send texts."),
    "21610": Reason(Fault.STOPPED, "This number said STOP."),
    "21611": Reason(Fault.AWAY, "Too many texts are waiting at the provider."),
    "21612": Reason(Fault.HOUSE, "The clinic’s number can’t reach this one."),
    "21614": Reason(Fault.ADDRESS, "This is not a mobile number."),
    "21659": Reason(Fault.HOUSE, "The clinic’s number does not belong to the account."),
    "30001": Reason(Fault.AWAY, "Too many texts are waiting at the provider."),
    "30002": Reason(Fault.HOUSE, "The account of the provider of texts is suspended."),
    "30003": Reason(Fault.AWAY, "The phone is switched off or out of reach."),
    "30004": Reason(Fault.BLOCKED, "The phone or its carrier blocks texts."),
    "30005": Reason(Fault.ADDRESS, "This number is not in use."),
    "30006": Reason(Fault.ADDRESS, "This is a landline, or its carrier takes no texts."),
    "30007": Reason(Fault.BLOCKED, "The carrier took it for spam."),
    "30008": Reason(Fault.AWAY, "The carrier did not say why."),
    "30010": Reason(Fault.HOUSE, "It would have cost more than the account allows."),
    "30032": Reason(Fault.HOUSE, "The clinic’s toll-free number is not verified."),
    "30034": Reason(Fault.HOUSE, "The clinic’s number is not registered with the carriers."),
}


def of_text(code: str) -> Reason:
    """The reason behind one of Twilio's error codes; an unknown one is nobody's fault that we could name."""
    return TWILIO.get(code, Reason(Fault.AWAY, f"The provider of texts says {code or 'nothing more'}."))


_ENHANCED = re.compile(r"\b([45])\.(\d{1,3})\.(\d{1,3})\b")


def of_mail(code: int, said: str) -> Reason:
    """The reason behind a refusal for good. Without an enhanced code, 550, 551 and 553 speak of the mailbox."""
    found = _ENHANCED.search(said)
    subject = int(found[2]) if found else {550: 1, 551: 1, 553: 1}.get(code, 0)
    detail = int(found[3]) if found else 0
    if subject == 1:
        return Reason(Fault.ADDRESS, "The mail server knows no such mailbox.")
    if subject == 2 and detail in {0, 1}:
        return Reason(Fault.ADDRESS, "The mailbox is closed.")
    if subject == 2:
        return Reason(Fault.AWAY, "The mailbox is full.")
    return Reason(Fault.BLOCKED, "The mail server did not want it.")
