"""What a request may carry: typed fields, made from the parameters of the verb that takes them."""

from __future__ import annotations

import inspect
from base64 import b64decode
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin
from uuid import UUID

from django.db.models import Model, QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from clinic.models import User

Rows = Callable[[User], QuerySet[Any]]
M = TypeVar("M", bound=Model)

_known: dict[type[Model], Rows] = {}
FIRST, LAST = date(1900, 1, 1), date(2200, 1, 1)
MOST_WORDS = 20_000


def know(model: type[Model], rows: Rows) -> None:
    """Say which rows of a model exist for a user, so that a request may name one by its id."""
    _known[model] = rows


class Typed(serializers.Serializer[Any]):
    """Takes what it names and nothing else: a field too many is a mistake of the sender's, or an attempt."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (more := [str(name) for name in data if name not in self.fields]):
            raise serializers.ValidationError({name: ["There is no such field here."] for name in more})
        return super().to_internal_value(data)


class Day(serializers.DateField):
    """A date that a calendar can hold."""

    def to_internal_value(self, value: Any) -> date:
        day = super().to_internal_value(value)
        if not FIRST <= day <= LAST:
            raise serializers.ValidationError("This day is beyond every calendar of the clinic.")
        return day


class Moment(serializers.DateTimeField):
    """A moment with its offset from UTC."""

    def __init__(self, **words: Any) -> None:
        super().__init__(default_timezone=UTC, **words)

    def to_internal_value(self, value: Any) -> datetime:
        try:
            moment = super().to_internal_value(value)
            inside = FIRST <= moment.astimezone(UTC).date() <= LAST
        except (OverflowError, ValueError):
            inside = False
        if not inside:
            raise serializers.ValidationError("This moment is beyond every calendar of the clinic.")
        return moment


class Clock(serializers.TimeField):
    """A time on the wall of a site, which has no offset of its own."""


extend_schema_field({"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$", "example": "08:30"})(Clock)


class Whole(serializers.IntegerField):
    """A whole number that a column can hold."""

    def __init__(self, **words: Any) -> None:
        super().__init__(**{"min_value": -(2**31), "max_value": 2**31 - 1, **words})


class Words(serializers.CharField):
    def __init__(self, **words: Any) -> None:
        super().__init__(**{"allow_blank": True, "max_length": MOST_WORDS, **words})


class Exact(serializers.DecimalField):
    """A decimal number as it was written."""

    def __init__(self, **words: Any) -> None:
        super().__init__(**{"max_digits": 12, "decimal_places": 4, **words})


class Known(serializers.UUIDField):
    """The id of a row that exists for this user; a stranger's is answered like one that never was."""

    def __init__(self, model: type[Model], *, as_id: bool = False, **words: Any) -> None:
        self.model, self.as_id = model, as_id
        super().__init__(**words)

    def to_internal_value(self, data: Any) -> Any:
        pk = super().to_internal_value(data)
        found = _known[self.model](self.context["request"].user).filter(pk=pk).first()
        if found is None:
            raise serializers.ValidationError(f"There is no such {self.model._meta.verbose_name} here.")
        return pk if self.as_id else found

    def to_representation(self, value: Any) -> str:
        return str(getattr(value, "pk", value))


class Upload(serializers.CharField):
    """A file, in base64."""

    def __init__(self, *, most: int, **words: Any) -> None:
        self.most = most
        super().__init__(**{"help_text": "The file in base64.", **words})

    def to_internal_value(self, data: Any) -> Any:
        text = super().to_internal_value(data)
        try:
            content = b64decode(text, validate=True)
        except ValueError:
            raise serializers.ValidationError("This is not base64.") from None
        if len(content) > self.most:
            raise serializers.ValidationError(f"The file is larger than {self.most // 1_000_000} MB.")
        return content


extend_schema_field({"type": "string", "format": "byte"})(Upload)


def some(form: Any, *, most: int, **words: Any) -> Any:
    """A list of what `form` describes, of so many at most."""
    return form(many=True, max_length=most, **words)


def one_of(choices: Any, **words: Any) -> serializers.ChoiceField:
    """A choice, from Django's choices or an enum."""
    pairs = getattr(choices, "choices", None) or [getattr(one, "value", one) for one in choices]
    return serializers.ChoiceField(choices=pairs, **words)


_PLAIN: dict[Any, type[serializers.Field[Any, Any, Any, Any]]] = {
    str: Words,
    int: Whole,
    bool: serializers.BooleanField,
    Decimal: Exact,
    datetime: Moment,
    date: Day,
    time: Clock,
    UUID: serializers.UUIDField,
}


def field_of(kind: Any, **words: Any) -> Any:
    """The field for a parameter's type. Raises TypeError for a type that only its room can describe."""
    origin, inside = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        (only,) = [one for one in inside if one is not type(None)]
        return field_of(only, allow_null=True, **words)
    if origin is not None and inspect.isclass(origin) and issubclass(origin, Iterable) and len(inside) == 1:
        words.pop("allow_null", None)
        return serializers.ListField(child=field_of(inside[0]), max_length=200, **words)
    if kind in _PLAIN:
        return _PLAIN[kind](**words)
    if inspect.isclass(kind) and issubclass(kind, Model):
        return Known(kind, **words)
    raise TypeError(f"Describe a parameter of type {kind} by a field of its own.")


def taken_by(verb: Callable[..., Any], names: Iterable[str], described: Mapping[str, Any], title: str) -> type[Typed]:
    """A serializer of those parameters of a verb: its types and defaults, unless a room describes one itself."""
    plain = inspect.unwrap(verb)
    parameters = inspect.signature(plain).parameters
    made: dict[str, Any] = {}
    for name in names:
        if name in described:
            made[name] = described[name]
            continue
        parameter = parameters[name]
        kind = parameter.annotation
        if isinstance(kind, str):
            kind = eval(kind, plain.__globals__)  # noqa: S307 - an annotation of our own code
        made[name] = field_of(kind, required=parameter.default is inspect.Parameter.empty)
    made |= {name: field for name, field in described.items() if name not in made}
    return type(title, (Typed,), {"__doc__": "", **made})


extend_schema_field({"type": "string", "format": "uuid"})(Known)


LIKE: dict[type[Any], type[Any]] = {
    serializers.DateField: Day, serializers.DateTimeField: Moment, serializers.TimeField: Clock,
}  # fmt: skip


def like(model: type[Model], names: Iterable[str], *, needs: Iterable[str] = ()) -> dict[str, Any]:
    """Fields as the model's columns take them; none of them must be sent but those in `needs`."""
    names, needs = tuple(names), set(needs)
    meta = type("Meta", (), {"model": model, "fields": names})
    bound = type("Columns", (serializers.ModelSerializer,), {"Meta": meta})().fields
    made = {}
    for name in names:
        words = {key: value for key, value in bound[name]._kwargs.items() if key not in ("required", "validators")}
        words["required"] = name in needs
        kind = LIKE.get(type(bound[name]), type(bound[name]))
        made[name] = kind(*bound[name]._args, **words)
    return made
