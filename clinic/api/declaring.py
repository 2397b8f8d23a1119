"""How a room says what it shows to other systems: collections of records, and the verbs on them.

A collection names its rows, the fields that everybody with its action reads, and those that need one more action. A
verb names a function of the room's workflow and the parameters that a request may set; the field's type, and whether
it must be there, follow from the function. Who may use which is said in `clinic.api.routes` and by the verb itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, wraps
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from django.db import models
from django.db.models import Model, QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from clinic.api import proofs
from clinic.api.fields import Clock, Known, Rows, Typed, know, taken_by
from clinic.models import Site, User
from clinic.policy import Action, can

Given = Callable[[Request, Any, Mapping[str, Any]], Mapping[str, Any]]


def nothing(request: Request, record: Any, typed: Mapping[str, Any]) -> Mapping[str, Any]:
    return {}


def site(request: Request, record: Any, typed: Mapping[str, Any]) -> Mapping[str, Any]:
    """The token's own site, for a verb that takes one."""
    return {"site": request.auth.site}  # type: ignore[union-attr]


def site_id(request: Request, record: Any, typed: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same, for a verb that takes its id."""
    return {"site_id": request.auth.site_id}  # type: ignore[union-attr]


def partly(verb: Callable[..., Any], key: str, names: Sequence[str]) -> Callable[..., Any]:
    """A verb that is told all of a form, for a request that names a part of it: the rest is said as it stands.

    `key` is the verb's parameter for the id. Of the verb that comes of it, `record` is the one for the record.
    """

    @wraps(verb)
    def changed(*, record: Model, by: User, **typed: Any) -> Any:
        values = {name: typed.get(name, getattr(record, name)) for name in names}
        return verb(**{key: record.pk}, **values, by=by)

    return changed


def always(**given: Any) -> Given:
    """What a verb is always told."""
    return lambda request, record, typed: given


def itself(made: Any) -> Any:
    return made


@dataclass(frozen=True, kw_only=True)
class Verb:
    """A workflow function as a POST (or PATCH): `record` is its parameter for the record in the address.

    `fields` describe what the function's types can't; `asks` are fields that only `given` looks at, which answers
    what else the function is told. `sited`: a request may name the site, which is the token's. `makes` is the
    collection of what it makes, where that is another; `another` says that it makes one more row of its own.
    `leaves`: of the record there may be nothing to show afterwards. `secret`: it makes a pair, a row and a secret,
    which stands in this one answer. `proof`: the page whose fresh proof of who asks is needed here too.
    """

    does: Callable[..., Any]
    record: str = ""
    takes: Sequence[str] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)
    asks: Mapping[str, Any] = field(default_factory=dict)
    given: Given = nothing
    sited: bool = False
    made: Callable[[Any], Any] = itself
    leaves: bool = False
    secret: bool = False
    proof: str = ""
    makes: Collection | None = None
    another: bool = False

    def form(self, title: str) -> type[Typed]:
        return taken_by(self.does, self.takes, {**self.fields, **self.aside}, title)

    @property
    def aside(self) -> Mapping[str, Any]:
        """Fields that the function is not given as they come: of `given`, the site, which the token says, a proof."""
        site = {"site": Known(Site, required=False)} if self.sited else {}
        return {**site, **self.asks, **(proofs.FIELDS if self.proof else {})}

    def of(self, record: Any) -> dict[str, Any]:
        if not self.record:
            return {}
        return {self.record: record.pk if self.record.endswith("_id") else record}


class File(NamedTuple):
    """What a record holds beside its fields, handed out to be saved."""

    content: bytes
    name: str
    type: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Collection:
    """Rows of one model: a list, a record, and what can be done with them."""

    name: str
    model: type[Model]
    rows: Rows
    shows: Sequence[str]
    also: Mapping[Action, Sequence[str]] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    patient: str | Callable[[Any], UUID | None] = ""
    filters: Mapping[str, Any] = field(default_factory=dict)
    by: Mapping[str, str | Callable[[QuerySet[Any], Any, User], QuerySet[Any]]] = field(default_factory=dict)
    create: Verb | None = None
    update: Verb | None = None
    verbs: Mapping[str, Verb] = field(default_factory=dict)
    within: Collection | None = None
    through: str = ""
    has_record: bool = True
    file: Callable[[Any], File] | None = None
    reads: Callable[[Any], Iterable[UUID]] | None = None

    def __post_init__(self) -> None:
        if self.within is None:
            know(self.model, self.rows)

    @property
    def title(self) -> str:
        words = f"{self.within.name}-{self.name}" if self.within else self.name
        return "".join(word.capitalize() for word in words.replace("_", "-").split("-"))

    @property
    def path(self) -> str:
        return f"{self.within.path}{{id}}/{self.name}/" if self.within else f"{self.name}/"

    @property
    def key(self) -> str:
        """What the address of a record calls its id: that of a row stands behind the id of the record it is within."""
        return "row" if self.within else "pk"

    @property
    def is_addressed(self) -> bool:
        """Whether a record has an address: rows within another only where there is something to do with one."""
        return bool(self.verbs or self.update or self.file) if self.within else self.has_record

    def patient_of(self, row: Any) -> UUID | None:
        """Whose record the row is; None where it is nobody's."""
        if callable(self.patient):
            return self.patient(row)
        found: UUID | None = attrgetter(self.patient)(row) if self.patient else None
        return found

    def shown_to(self, user: User | None) -> tuple[str, ...]:
        """The fields for this user; for None all that anybody may see, as the schema tells them."""
        more = [name for action, names in self.also.items() if user is None or can(user, action) for name in names]
        return (*self.shows, *more)

    def form(self, user: User | None) -> type[serializers.Serializer[Any]]:
        """The serializer of a row as this user sees it."""
        return self._form(self.shown_to(user))

    @cache  # noqa: B019 - collections live as long as the process
    def _form(self, names: tuple[str, ...]) -> type[serializers.Serializer[Any]]:
        extra = {name: made for name, made in self.fields.items() if name in names}
        optional = {name for some in self.also.values() for name in some}
        meta = type("Meta", (), {"model": self.model, "fields": names, "read_only_fields": names})
        words = {"__doc__": self.model.__doc__, "Meta": meta, "optional": optional}
        return type(self.title, (Shown,), {**words, **extra})

    def form_with_secret(self, user: User | None) -> type[serializers.Serializer[Any]]:
        """The same, and a secret that is shown this once."""
        return self._form_with_secret(self.shown_to(user))

    @cache  # noqa: B019 - as above
    def _form_with_secret(self, names: tuple[str, ...]) -> type[serializers.Serializer[Any]]:
        form: Any = self._form(names)
        meta = type("Meta", (form.Meta,), {"fields": (*form.Meta.fields, "secret")})
        return type(f"{self.title}Secret", (form,), {"secret": serializers.CharField(read_only=True), "Meta": meta})


class Shown(serializers.ModelSerializer[Any]):
    """A row as it is read; nothing is ever written through it."""

    serializer_field_mapping = {**serializers.ModelSerializer.serializer_field_mapping, models.TimeField: Clock}
    optional: set[str] = set()

    def build_standard_field(self, field_name: str, model_field: Any) -> tuple[Any, dict[str, Any]]:
        """As the framework builds it, but a column that may be empty says so: of a choice, of an address."""
        kind, words = super().build_standard_field(field_name, model_field)
        if model_field.blank and issubclass(kind, serializers.ChoiceField) and not model_field.null:
            words["choices"] = [*words["choices"], ("", "")]
        if model_field.blank and issubclass(kind, serializers.EmailField):
            kind = serializers.CharField
        return kind, words


@dataclass(frozen=True, kw_only=True)
class Question:
    """An address that answers without being a record: free slots, a proposal."""

    name: str
    method: str
    asks: type[Typed]
    answers: type[serializers.Serializer[Any]]
    does: Callable[[Request, Mapping[str, Any]], Any]
    many: bool = False
    words: str = ""
