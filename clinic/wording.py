"""How the house writes numbers, times and names: one place for pages, papers and messages.

Doses carry no trailing zero and always a leading one, and no unit is parted from its number (ISMP, error-prone
abbreviations list).
"""

from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal, InvalidOperation

NBSP = "\u00a0"

ZONE_NAMES = {
    "America/New_York": "Eastern time",
    "America/Detroit": "Eastern time",
    "America/Chicago": "Central time",
    "America/Denver": "Mountain time",
    "America/Phoenix": "Mountain time (Arizona)",
    "America/Los_Angeles": "Pacific time",
    "America/Anchorage": "Alaska time",
    "Pacific/Honolulu": "Hawaii time",
    "UTC": "UTC",
}


def number(value: object) -> str:
    """`0.80` as "0.8", `.5` as "0.5", `40.000` as "40"; what is no number comes back as text, None as ""."""
    if value is None or value == "":
        return ""
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    if not amount.is_finite():
        return str(value)
    text = format(amount, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def quantity(value: object, unit: str) -> str:
    """A number and its unit with a space that never breaks: "0.8 mL". None gives ""."""
    shown = number(value)
    return f"{shown}{NBSP}{unit}" if shown else ""


def dollars(amount: Decimal | None) -> str:
    """“$1,250.00”. None gives ""."""
    return "" if amount is None else f"${amount:,.2f}"


def zone_name(zone: tzinfo | None) -> str:
    """The words staff use for a zone: "Pacific time"; elsewhere the city ("Adelaide time")."""
    key = getattr(zone, "key", "UTC")
    return ZONE_NAMES.get(key, key.rsplit("/", 1)[-1].replace("_", " ") + " time")


def age(born: date, on: date) -> int:
    """Whole years; someone born on 29 February turns a year older on 1 March of a common year."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def distance(moment: datetime, now: datetime) -> str:
    """How far `moment` is from `now`: "in 4 min", "3 h ago", "2 days ago", "just now"."""
    seconds = (moment - now).total_seconds()
    minutes = int(abs(seconds) // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        span = f"{minutes}{NBSP}min"
    elif minutes < 48 * 60:
        span = f"{minutes // 60}{NBSP}h"
    else:
        span = f"{minutes // (24 * 60)}{NBSP}days"
    return f"in {span}" if seconds > 0 else f"{span} ago"


def listed(words: Sequence[str]) -> str:
    """“Tue, Wed and Fri”."""
    return "".join(words) if len(words) < 2 else f"{', '.join(words[:-1])} and {words[-1]}"


def sentence(text: object) -> str:
    """`in_progress` or "IN PROGRESS"-like codes as words: "In progress". A name inside keeps its capitals."""
    words = str(text).replace("_", " ").strip()
    if words.isupper() and " " in words:
        words = words.lower()
    return words[:1].upper() + words[1:]


def initials(name: object) -> str:
    """First letters of the first and last word, titles left out: "Dr Miriam Hale" gives "MH"."""
    words = [word for word in str(name).replace(".", "").split() if word.lower() not in {"dr", "mr", "mrs", "ms", "mx"}]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


def browser(agent: str) -> str:
    """What a browser says of itself, as a person would: "Chrome on Windows"."""
    name = next((word for mark, word in BROWSERS if mark in agent), "A browser")
    system = next((word for mark, word in SYSTEMS if mark in agent), "")
    return f"{name} on {system}" if system else name


def day_words(local: datetime) -> str:
    """`Tuesday, February 2`: a day as a letter says it; `local` stands on the site's wall clock."""
    return f"{local:%A, %B} {local.day}"


def time_words(local: datetime) -> str:
    """`9:00 AM`."""
    return f"{local.hour % 12 or 12}:{local:%M %p}"
