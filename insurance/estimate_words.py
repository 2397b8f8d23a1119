"""The sentences of an estimate, in the language of whoever reads it: each reason, each service, each amount."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from insurance.estimate_items import Service

SENTENCES = {
    "self_pay": gettext_lazy("This is our price for people who pay themselves."),
    "package": gettext_lazy("One price for all of it; it saves you %(saved)s."),
    "in_package": gettext_lazy("It is in the package."),
    "deductible_all": gettext_lazy("%(left)s is left of your deductible, so you pay all of this."),
    "deductible_part": gettext_lazy("First you pay the %(part)s that is left of your deductible."),
    "coinsurance": gettext_lazy("Your share is %(percent)s%% of %(rest)s, which is %(pays)s."),
    "copay": gettext_lazy("Your copay is %(pays)s."),
    "copay_paid": gettext_lazy("The copay of this visit is counted above."),
    "plan_pays": gettext_lazy("Your plan asks no copay for this."),
    "nothing_asked": gettext_lazy("Your plan allows no charge for this."),
    "limit_reached": gettext_lazy(
        "With this you reach your plan’s yearly limit of %(limit)s, so you pay only %(pays)s."
    ),
    "limit_was_reached": gettext_lazy("You have reached your plan’s yearly limit of %(limit)s, so you pay nothing."),
    "new_year": gettext_lazy("A new plan year begins on %(day)s, so your deductible starts again."),
    "no_plan": gettext_lazy("No plan is on file for this, so it is our price for people who pay themselves."),
    "plan_ended": gettext_lazy("%(payer)s ends on %(day)s, so after that you pay our self-pay price."),
    "plan_not_begun": gettext_lazy("%(payer)s begins on %(day)s, so before that you pay our self-pay price."),
    "not_covered": gettext_lazy("%(payer)s does not cover this, so you pay our self-pay price."),
    "out_of_network": gettext_lazy(
        "We are not in the network of %(payer)s, so you pay our self-pay price. Your plan may pay back a part."
    ),
    "not_verified": gettext_lazy("Not known yet: %(payer)s has not told us your benefits. It is at most our fee."),
    "network_unknown": gettext_lazy("Not known yet: %(payer)s has not said whether we are in its network."),
    "allowed_unknown": gettext_lazy("We do not know what %(payer)s allows for this; it is at most our fee."),
    "deductible_unknown": gettext_lazy("We do not know yet how much of your deductible is left."),
    "share_unknown": gettext_lazy("We do not know yet which share your plan asks of you."),
    "secondary": gettext_lazy("You have a second plan. What it may pay is not counted here."),
    "limit_unknown": gettext_lazy("We do not know your plan’s yearly limit; it may make this less."),
    "limit_in_all": gettext_lazy("All of it together is no more than what is left of your plan’s yearly limit."),
    "authorization": gettext_lazy(
        "Your plan asks to approve this beforehand. Without its approval you may have to pay our fee."
    ),
}
MONEY = frozenset({"saved", "left", "part", "rest", "pays", "limit"})

SERVICES = {
    Service.EVALUATION: gettext_lazy("Evaluation"),
    Service.INFUSION: gettext_lazy("Infusion %(number)s"),
    Service.THERAPY: gettext_lazy("Therapy session %(number)s"),
    Service.BOOSTER: gettext_lazy("Booster %(number)s"),
    Service.SERIES: gettext_lazy("Once for the whole series"),
}


def money(amount: Decimal | str) -> str:
    """“$1,250” and “$12.05”: cents only where there are some."""
    value = Decimal(amount)
    return f"${value:,.0f}" if value == value.to_integral_value() else f"${value:,.2f}"


def day_of(text: str | date) -> str:
    """“Feb. 9, 2027”, “9 de febrero de 2027”."""
    return date_format(date.fromisoformat(text) if isinstance(text, str) else text, "DATE_FORMAT")


def short_day(text: str) -> str:
    """“Feb 9, 2027”, “9 feb 2027”: for tables."""
    return date_format(date.fromisoformat(text), "j M Y" if (get_language() or "").startswith("es") else "M j, Y")


def sentence(name: str, values: Mapping[str, str]) -> str:
    """The sentence of one reason."""
    shown = {key: money(value) if key in MONEY else value for key, value in values.items()}
    if "day" in shown:
        shown["day"] = day_of(shown["day"])
    text = str(SENTENCES[name])
    return text % shown if shown or "%%" in text else text


def sentences(whys: Iterable[Iterable[Any]]) -> str:
    """All of a line's reasons, one after the other."""
    return " ".join(sentence(name, values) for name, values in whys)


def service(name: str, number: int) -> str:
    """“Infusion 3”."""
    text = str(SERVICES[Service(name)])
    return text % {"number": number} if "%" in text else text


def label(line: Mapping[str, Any]) -> str:
    """The clinic's own words for a code, in the reader's language where the clinic wrote them."""
    own = line.get("label_es") if (get_language() or "").startswith("es") else ""
    return str(own or line["label"])


def share(low: Decimal | None, high: Decimal) -> str:
    """“$400”, “$60 to $300”, or “at most $300”."""
    if low == high:
        return money(high)
    if low is None:
        return _("at most %(most)s") % {"most": money(high)}
    return _("%(low)s to %(high)s") % {"low": money(low), "high": money(high)}
