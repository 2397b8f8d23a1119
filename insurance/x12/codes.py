"""The codes of 270 and 271 that Evenkeel knows, in its own words. What stands in no table is kept and shown as it came.

X12 licenses the words of its code lists, so none of them is here (protocol 6.2, licences).
"""

from __future__ import annotations

from typing import NamedTuple

MEDICAL, BEHAVIORAL = "medical", "behavioral"
WHOLE_PLAN = "30"

# What is asked for each part of the benefit (protocol 6.1).
ASKED: dict[str, tuple[str, ...]] = {
    MEDICAL: (WHOLE_PLAN, "98"),
    BEHAVIORAL: ("MH", "A6", "A8"),
}
# Which service types of an answer speak of which part, the closest to what the clinic does first.
SPEAKS_OF: dict[str, tuple[str, ...]] = {
    MEDICAL: ("98", "BY", "1"),
    BEHAVIORAL: ("A8", "A6", "MH", "A4", "CF"),
}

SERVICE_TYPES: dict[str, str] = {
    "1": "medical care",
    "30": "the whole plan",
    "33": "chiropractic",
    "35": "dental care",
    "42": "home care",
    "47": "hospital",
    "48": "hospital stay",
    "50": "hospital, outpatient",
    "51": "emergency, accident",
    "52": "emergency, medical",
    "86": "emergency care",
    "88": "pharmacy",
    "92": "prescriptions",
    "98": "office visit",
    "A0": "doctor’s visit, outpatient",
    "A3": "doctor’s visit at home",
    "A4": "psychiatric care",
    "A5": "psychiatric room and board",
    "A6": "psychotherapy",
    "A7": "psychiatric stay",
    "A8": "psychiatric care, outpatient",
    "AI": "substance use",
    "AJ": "alcohol",
    "AK": "drug use",
    "AL": "eye care",
    "BY": "office visit, sick",
    "BZ": "office visit, well",
    "CF": "mental health, outpatient facility",
    "MH": "mental health",
    "UC": "urgent care",
}

ACTIVE = frozenset({"1", "2", "3", "4"})
PENDING = frozenset({"5", "7", "8"})
INACTIVE = frozenset({"6"})
NOT_COVERED = frozenset({"I"})
ELSEWHERE = frozenset({"U"})

INFORMATION: dict[str, str] = {
    "1": "Active",
    "2": "Active, full risk",
    "3": "Active, capitated services",
    "4": "Active, capitated to the primary doctor",
    "5": "Active, under review",
    "6": "Inactive",
    "7": "Inactive, being updated",
    "8": "Inactive, under review",
    "A": "Coinsurance",
    "B": "Copay",
    "C": "Deductible",
    "CB": "Basis of coverage",
    "D": "Description",
    "E": "Exclusion",
    "F": "Limit",
    "G": "Out-of-pocket limit",
    "H": "Unlimited",
    "I": "Not covered",
    "J": "Cost containment",
    "K": "Reserve",
    "L": "Primary doctor",
    "M": "Waiting time for earlier illness",
    "MC": "Managed care coordinator",
    "N": "Only with a named provider",
    "O": "Not medically necessary",
    "P": "Disclaimer",
    "Q": "Second opinion needed",
    "R": "Another payer",
    "S": "Carried over from last year",
    "T": "Card reported lost or stolen",
    "U": "Ask somebody else",
    "V": "Could not be answered",
    "W": "Other source of data",
    "X": "Facility",
    "Y": "Spend down",
}

LEVELS: dict[str, str] = {
    "IND": "individual",
    "FAM": "family",
    "EMP": "employee",
    "ESP": "employee and spouse",
    "ECH": "employee and children",
    "CHD": "children",
    "DEP": "dependents",
    "SPC": "spouse and children",
    "SPO": "spouse",
}

PERIODS: dict[str, str] = {
    "6": "an hour",
    "7": "a day",
    "13": "24 hours",
    "21": "years",
    "22": "a service year",
    "23": "a calendar year",
    "24": "this year so far",
    "25": "the contract",
    "26": "an episode",
    "27": "a visit",
    "29": "remaining",
    "30": "exceeded",
    "31": "not exceeded",
    "32": "a lifetime",
    "33": "remaining in a lifetime",
    "34": "a month",
    "35": "a week",
    "36": "an admission",
}
A_YEAR = ("23", "22", "25", "")
SO_FAR, REMAINING = "24", "29"

QUANTITIES: dict[str, str] = {
    "VS": "visits",
    "DY": "days",
    "HS": "hours",
    "MN": "months",
    "S7": "years of age at most",
    "S8": "years of age at least",
    "99": "uses",
    "P6": "services",
}
VISITS = "VS"

# Dates (DTP01). A range gives both of its days, a single day of 291 and 307 the first one.
BEGINS = ("356", "346", "307", "291", "539")
ENDS = ("357", "347", "307", "291", "540")
BENEFIT_BEGINS, BENEFIT_ENDS = ("348", "292", *BEGINS), ("349", "292", *ENDS)

# How the patient is related to the subscriber (INS02).
RELATIONS: dict[str, str] = {"spouse": "01", "child": "19", "other": "34"}


class Rejected(NamedTuple):
    """Why a payer did not answer: whether somebody has to find out something, and what to do about it."""

    needs_info: bool
    what: str
    to_do: str


_CARD = "Compare the card with what is on file, correct it, and ask again."
_OURS = "Have the clinic admin compare the site’s NPI and name with what the payer has, then ask again."
_ENROLL = "Call the payer’s provider line: the clinic has to be enrolled before it may ask. Verify by phone meanwhile."
_LATER = "Nothing is wrong with the inquiry. Ask again in an hour; if it fails again, verify by phone."
_PHONE = "Verify by phone."
_NAME = "Write the payer’s electronic id on its page, then ask again."

REJECTED: dict[str, Rejected] = {
    "04": Rejected(False, "More was asked than one inquiry may ask.", "Ask again for this patient alone."),
    "15": Rejected(True, "Something the payer needs was missing.", _CARD),
    "33": Rejected(True, "The payer found a fault in the inquiry.", _CARD),
    "35": Rejected(True, "The payer says the clinic is out of its network.", _PHONE),
    "41": Rejected(False, "The clinic is not allowed to ask this payer.", _ENROLL),
    "42": Rejected(False, "The payer’s system could not answer now.", _LATER),
    "43": Rejected(False, "The payer does not know the clinic’s NPI.", _OURS),
    "44": Rejected(False, "The payer does not know the clinic’s name.", _OURS),
    "45": Rejected(False, "The payer misses the clinic’s specialty.", _PHONE),
    "46": Rejected(False, "The payer misses the clinic’s phone number.", _PHONE),
    "47": Rejected(False, "The payer misses the clinic’s state.", _OURS),
    "48": Rejected(False, "The payer wants a referring provider.", _PHONE),
    "49": Rejected(True, "The clinic is not the patient’s primary doctor, and only that one may ask.", _PHONE),
    "50": Rejected(False, "The payer does not let this provider ask.", _ENROLL),
    "51": Rejected(False, "The payer does not have this provider on file.", _ENROLL),
    "52": Rejected(False, "The clinic was not enrolled with the payer on this day.", _ENROLL),
    "53": Rejected(True, "This benefit does not go with the clinic’s kind of provider.", _PHONE),
    "54": Rejected(True, "The payer does not know the service that was asked.", _PHONE),
    "55": Rejected(True, "The payer does not know the service that was asked.", _PHONE),
    "56": Rejected(True, "The payer does not take the date.", "Compare the plan’s dates, then ask again."),
    "57": Rejected(True, "The payer does not take the date of service.", "Compare the plan’s dates, then ask again."),
    "58": Rejected(True, "The birth date is missing or wrong.", _CARD),
    "60": Rejected(True, "The birth date lies after the visit.", _CARD),
    "61": Rejected(True, "The payer has the patient as deceased before this day.", _PHONE),
    "62": Rejected(True, "The payer answers for other days only.", "Ask again nearer to the visit."),
    "63": Rejected(True, "The payer does not answer for days to come.", "Ask again nearer to the visit."),
    "64": Rejected(True, "The patient’s member id is missing or wrong.", _CARD),
    "65": Rejected(True, "The patient’s name is missing or wrong.", _CARD),
    "66": Rejected(True, "The patient’s sex is missing or wrong.", _CARD),
    "67": Rejected(True, "The payer does not find the patient.", _CARD),
    "68": Rejected(True, "The payer has this member id twice.", _PHONE),
    "69": Rejected(True, "The service does not go with the patient’s age.", _PHONE),
    "70": Rejected(True, "The service does not go with the patient’s sex.", _PHONE),
    "71": Rejected(True, "The birth date is not the one the payer has.", _CARD),
    "72": Rejected(True, "The subscriber’s member id is missing or wrong.", _CARD),
    "73": Rejected(True, "The subscriber’s name is missing or wrong.", _CARD),
    "74": Rejected(True, "The subscriber’s sex is missing or wrong.", _CARD),
    "75": Rejected(True, "The payer does not find the subscriber.", _CARD),
    "76": Rejected(True, "The payer has this subscriber id twice.", _PHONE),
    "77": Rejected(True, "The subscriber was found, the patient was not.", _CARD),
    "78": Rejected(True, "The subscriber is not in the group or plan that was asked.", _CARD),
    "79": Rejected(False, "The payer id or the sender id is not right.", _OURS),
    "80": Rejected(False, "No answer came in time.", _LATER),
    "97": Rejected(False, "The payer misses the clinic’s address.", _PHONE),
    "98": Rejected(True, "The payer calls the service experimental.", _PHONE),
    "T4": Rejected(False, "The payer’s name or id is missing.", _NAME),
}  # fmt: skip
UNKNOWN_REJECTION = Rejected(True, "The payer did not answer.", _PHONE)

# What the payer says about asking again (AAA04).
FOLLOW_UP: dict[str, str] = {
    "C": "The payer wants it corrected and sent again.",
    "N": "The payer does not want it sent again.",
    "P": "The payer wants the same inquiry again.",
    "R": "It may be sent again.",
    "S": "Do not send it again: the payer is asking another party.",
    "W": "Wait 30 days before it is sent again.",
    "X": "Wait 10 days before it is sent again.",
    "Y": "Do not send it again: the payer keeps it and answers shortly.",
}
