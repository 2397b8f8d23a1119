"""Pure rules of what is said and when."""

from datetime import datetime, time, timedelta

QUIET_FROM, QUIET_UNTIL = (
    time(21),
    time(8),
)  # local to the patient's site; protocol Table A, S-TCPA1
RETRY_MINUTES = (1, 5, 15, 60)  # after these tries a person calls
LEASE = timedelta(seconds=60)
FRESH = timedelta(seconds=2)  # what was read of a batch, before it is read again
LOOK_MINUTES = (1, 5, 15)  # after an uncertain try its provider is asked again; then a person is
TEXT_LIMIT = 160  # characters of a text message; Table A, sms_max_chars (S-TCPA1)
SENDER_LIMIT = 20  # of them for the clinic's name


def is_quiet(local: datetime) -> bool:
    """Whether the wall clock stands between 21:00 and 08:00."""
    return local.time() >= QUIET_FROM or local.time() < QUIET_UNTIL


def end_of_quiet(local: datetime) -> datetime:
    """08:00 after the quiet time in which `local` lies, on the same wall clock."""
    day = local.date() + timedelta(days=1) if local.time() >= QUIET_FROM else local.date()
    return datetime.combine(day, QUIET_UNTIL, tzinfo=local.tzinfo)


def retry_after(tries: int) -> timedelta | None:
    """How long to wait after the n-th failed try; None when a person must take over."""
    return timedelta(minutes=RETRY_MINUTES[tries - 1]) if tries <= len(RETRY_MINUTES) else None


def look_again(tried_at: datetime, now: datetime) -> datetime | None:
    """When to ask the provider again about a try of which it is not known whether it went out; None: ask a person."""
    later = (tried_at + timedelta(minutes=minutes) for minutes in LOOK_MINUTES)
    return next((moment for moment in later if moment > now), None)


PAGE_RETRY_SECONDS = (15, 30, 60, 120, 240)  # within the time in which somebody has to answer


def retry_page_after(tries: int) -> timedelta | None:
    """How long to wait after the n-th failed try of a page; None when the next step of the escalation is nearer."""
    return timedelta(seconds=PAGE_RETRY_SECONDS[tries - 1]) if tries <= len(PAGE_RETRY_SECONDS) else None
