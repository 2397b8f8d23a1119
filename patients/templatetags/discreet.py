"""Words of an evaluation, for readers who may not know of a pregnancy (J9)."""

from django import template

from patients import hints

register = template.Library()


@register.filter
def unless(text: str, tells_all: bool) -> str:
    """`{{ evaluation.rationale|unless:tells_all }}`: whole for nurse and provider, discreet for everybody else."""
    return text if tells_all else hints.discreet(text)
