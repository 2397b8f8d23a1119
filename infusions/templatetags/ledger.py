"""A row of the drug ledger in words."""

from decimal import Decimal

from django import template

from clinic.wording import number
from infusions import stock
from infusions.models import LedgerEntry

register = template.Library()


@register.filter
def ledger_words(entry: LedgerEntry) -> str:
    return stock.words(entry)


@register.filter
def ledger_out(change: Decimal) -> str:
    """What left the vial, without its sign: the column says "Out"."""
    return number(-change)
