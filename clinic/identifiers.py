"""Numbers by which payers know the clinic, its people and its drugs."""

import re

PREFIX = "80840"
"""ISO issuer number of US health applications; part of an NPI's check digit (CMS, NPI check digit calculation)."""
TEN_DIGITS, NINE_DIGITS, ELEVEN_DIGITS = re.compile(r"[12]\d{9}"), re.compile(r"\d{9}"), re.compile(r"\d{11}")


def npi(typed: str) -> str:
    """The National Provider Identifier as ten digits, or nothing for nothing. Raises ValueError with a sentence."""
    digits = re.sub(r"[\s-]", "", typed)
    if digits and not (TEN_DIGITS.fullmatch(digits) and _sum(PREFIX + digits) % 10 == 0):
        raise ValueError("This is not an NPI: ten digits, the last of which checks the others. Compare it again.")
    return digits


def tax_id(typed: str) -> str:
    """The employer's tax number as nine digits, or nothing for nothing. Raises ValueError with a sentence."""
    digits = re.sub(r"[\s-]", "", typed)
    if digits and not NINE_DIGITS.fullmatch(digits):
        raise ValueError("A tax number has nine digits, like 12-3456789.")
    return digits


def shown_tax_id(digits: str) -> str:
    """“12-3456789”, as the IRS writes it; nothing for nothing."""
    return f"{digits[:2]}-{digits[2:]}" if digits else ""


def ndc(typed: str) -> str:
    """The National Drug Code as the eleven digits of a bill (5-4-2), or nothing for nothing.

    Ten digits are filled up with a zero in the part that lacks one, which only the hyphens tell (21 CFR 207.33).
    Raises ValueError with a sentence.
    """
    text = typed.strip()
    parts = re.split(r"[\s-]+", text) if text else []
    if parts and not all(part.isdigit() for part in parts):
        parts = ["?"]
    if len(parts) == 3:
        parts = ["".join(part.zfill(width) for part, width in zip(parts, (5, 4, 2), strict=True))]
    if parts and not (len(parts) == 1 and ELEVEN_DIGITS.fullmatch(parts[0])):
        raise ValueError("Write the NDC as it stands on the vial, with its hyphens, like 42023-115-10.")
    return "".join(parts)


def _sum(digits: str) -> int:
    """Luhn's sum: every second digit from the right counts double, its own digits added."""
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(number - 9 if number > 9 else number for number in doubled)
