"""What each saved row draws anew, as lines of markup: by loops of a template it took four times as long.

What is kept is the markup of a word or a reading, which is the same whosever it is.
"""

from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import chain

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from clinic.models import Site
from clinic.templatetags.evenkeel import icon, local
from infusions.chair import Input
from infusions.sheet import Column, SignLine

register = template.Library()


@register.simple_tag
def column_heads(columns: Iterable[Column], site: Site) -> SafeString:
    """{% column_heads sheet.columns site %}: when each set was taken, or was due and missed."""
    return _one_after_another(
        [_column(local(each.at, site, "time"), each.sub, each.note, each.is_missed) for each in columns]
    )


@register.simple_tag
def sign_rows(lines: Iterable[SignLine]) -> SafeString:
    """{% sign_rows sheet.lines %}: a row of the flowsheet's table for each sign, with its readings."""
    drawn = [(_head(line.key, line.label, line.unit), *(_cell(cell.text, cell.flag) for cell in line.cells), _END)
             for line in lines]  # fmt: skip
    return _one_after_another(list(chain.from_iterable(drawn)))


@register.simple_tag
def was_hints(inputs: Iterable[Input]) -> SafeString:
    """{% was_hints chair.inputs %}: the last value of each, which takes the place of the one on the page."""
    return _one_after_another([_was(each.name, each.was) for each in inputs])


_MISSED = SafeString(' class="is-missed"')
_END = SafeString("</tr>")


@lru_cache(maxsize=512)
def _column(at: str, sub: str, note: str, is_missed: bool) -> SafeString:
    told = format_html("<small><i>{}</i></small>", note) if note else ""
    return format_html('<th scope="col"{}>{}<small>{}</small>{}</th>', _MISSED if is_missed else "", at, sub, told)


@cache
def _head(key: str, label: str, unit: str) -> SafeString:
    row = '<tr data-sign="{}"><th scope="row">{} <span class="ek-xs">{}</span></th>'
    return format_html(row, key, label, unit)


@lru_cache(maxsize=1024)
def _cell(text: str, flag: str) -> SafeString:
    if not flag:
        return format_html("<td>{}</td>", text)
    told = '<td class="is-flag" title="{0}">{1}<span class="visually-hidden">{0} </span>{2}</td>'
    return format_html(told, flag, icon("warn"), text)


@lru_cache(maxsize=512)
def _was(name: str, was: str) -> SafeString:
    return format_html('<small id="was-{}" hx-swap-oob="true">{}</small>', name, was)


def _one_after_another(pieces: list[SafeString]) -> SafeString:
    return format_html("{}" * len(pieces), *pieces)
