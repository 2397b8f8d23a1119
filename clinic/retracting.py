"""Marking a row as entered in error, and taking the mark back: the one way for every room."""

from clinic import clock
from clinic.errors import Invalid, Refused
from clinic.models import User
from clinic.records import Retractable

FIELDS = ("entered_in_error_at", "entered_in_error_by", "entered_in_error_reason")
LONGEST = Retractable._meta.get_field("entered_in_error_reason").max_length or 0


def mark(row: Retractable, *, reason: str, by: User) -> None:
    """Mark a row, locked by the caller, as never true. Raises Invalid for the reason, and Refused when marked."""
    words = " ".join("".join(sign if sign.isprintable() else " " for sign in reason).split())
    if not words:
        raise Invalid({"reason": "Write why this was an error."})
    if len(words) > LONGEST:
        raise Invalid({"reason": f"This is {len(words)} characters long; {LONGEST} fit. Shorten it."})
    if row.entered_in_error_at:
        raise Refused("This is marked as an error already.")
    row.entered_in_error_at, row.entered_in_error_by, row.entered_in_error_reason = clock.now(), by, words
    row.save(update_fields=FIELDS)


def take_back(row: Retractable) -> None:
    """The row, which the caller has locked, was true after all. Raises Refused when it is not marked."""
    if not row.entered_in_error_at:
        raise Refused("This is not marked as an error.")
    row.entered_in_error_at, row.entered_in_error_by, row.entered_in_error_reason = None, None, ""
    row.save(update_fields=FIELDS)
