"""The doors: each fetches within the token's site, writes the read log, calls one verb, and answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from django.core.exceptions import RequestDataTooBig
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.http import HttpResponse
from rest_framework import serializers, status
from rest_framework.exceptions import APIException
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from clinic import access
from clinic.api import idempotency, proofs, versions
from clinic.api.declaring import Collection, Question, Verb
from clinic.api.fields import Moment, Typed, Whole
from clinic.api.pages import MOST, USUAL, Pages
from clinic.documents.answer import attachment
from clinic.errors import DomainError, NotFound
from clinic.models import User


class TooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "This is more than can be taken at once."


class Whatever(DefaultContentNegotiation):
    """A file is what it is, whatever the asker would rather have; a refusal is JSON."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class OfLog(Typed):
    """What every list can be asked."""

    cursor = serializers.CharField(required=False, max_length=400, help_text="From `next` or `previous` of a page.")
    limit = Whole(required=False, min_value=1, max_value=MOST, help_text=f"Rows of a page; {USUAL} by default.")


class OfPage(OfLog):
    """And a list of what can change."""

    updated_since = Moment(required=False, help_text="Only what was written at or after this moment.")


class View(APIView):
    """What all doors have in common. The table and the token were looked at by the middleware before."""

    collection: Collection
    verbs: Mapping[str, Verb] = {}

    def rows(self) -> QuerySet[Any]:
        rows = self.collection.rows(self.request.user)  # type: ignore[arg-type]
        if self.collection.within:
            rows = rows.filter(**{self.collection.through: self.parent})
        return rows

    def initial(self, request: Request, *args: Any, **address: Any) -> None:
        super().initial(request, *args, **address)
        try:
            _ = request._request.body  # read here, where it is measured, and not by the parser
        except RequestDataTooBig:
            raise TooLarge from None

    @property
    def parent(self) -> Any:
        """The record that the address names first. Raises NotFound for a stranger's."""
        assert self.collection.within is not None
        return found(self.collection.within.rows(self.request.user), self.kwargs["pk"])  # type: ignore[arg-type]

    def shown(self, row: Any, of: Collection | None = None) -> Any:
        of = of or self.collection
        return of.form(self.request.user)(row, context={"request": self.request}).data  # type: ignore[arg-type]

    def read(self, row: Any, of: Collection | None = None) -> None:
        of = of or self.collection
        if patient := of.patient_of(row):
            access.log_read(self.request._request, patient_id=patient, what=of.name)

    def asked(self, form: type[Typed]) -> dict[str, Any]:
        typed = form(data=self.request.data, context={"request": self.request})
        typed.is_valid(raise_exception=True)
        return dict(typed.validated_data)

    def called(self, verb: Verb, form: type[Typed], record: Any) -> Any:
        """The verb, done by the token's person. Raises what it raises."""
        typed = self.asked(form)
        given = verb.given(self.request, record, typed)
        typed = {name: value for name, value in typed.items() if name not in verb.aside}
        return verb.made(verb.does(**verb.of(record), **typed, **given, by=self.request.user))

    def answered(self, made: Any, of: Collection, code: int, secret: str = "") -> Response:
        """What was made, as its collection shows it."""
        written = versions.newest(of.model, made.pk)
        row = found(of.rows(self.request.user), made.pk)  # type: ignore[arg-type]
        return self.told(row, of, code, written, secret)

    def told(self, row: Any, of: Collection, code: int, written: int | None, secret: str = "") -> Response:
        """The row, which was read after `written`; the read log names its patient."""
        self.read(row, of)
        response = Response(self.shown(row, of) | ({"secret": secret} if secret else {}), status=code)
        if code == status.HTTP_201_CREATED and of.has_record and not of.within:
            response["Location"] = reverse(f"api:{of.name}-record", args=[row.pk], request=self.request)
        if tag := versions.tag(row, written):
            response["ETag"] = tag
        return response


def found(rows: QuerySet[Any], pk: UUID) -> Any:
    row = rows.filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row


class Rows(View):
    """The list, and a new record."""

    def get(self, request: Request, **address: Any) -> Response:
        asked = self.filters_form()(data=request.query_params.dict(), context={"request": request})
        asked.is_valid(raise_exception=True)
        pages = Pages()
        rows = pages.paginate_queryset(self.narrowed(dict(asked.validated_data)), request, view=self)
        patients = {patient for row in rows if (patient := self.collection.patient_of(row))}
        if patients:
            access.log_reads(request._request, patient_ids=patients, what=self.collection.name)
        form = self.collection.form(request.user)  # type: ignore[arg-type]
        return pages.get_paginated_response(form(rows, many=True, context={"request": request}).data)

    def post(self, request: Request, **address: Any) -> Response:
        verb = self.collection.create
        assert verb is not None

        if verb.proof:
            proofs.require(request, verb.proof)

        def act() -> Response:
            record = self.parent if self.collection.within else None
            made = self.called(verb, self.form("POST"), record)
            row, secret = made if verb.secret else (made, "")
            return self.answered(row, verb.makes or self.collection, status.HTTP_201_CREATED, secret)

        return idempotency.once(request, act)

    def narrowed(self, asked: dict[str, Any]) -> QuerySet[Any]:
        rows = self.rows()
        for name in ("cursor", "limit"):
            asked.pop(name, None)
        if since := asked.pop("updated_since", None):
            rows = rows.filter(Exists(written_since(self.collection.model, since)))
        for name, value in asked.items():
            by = self.collection.by.get(name, name)
            rows = by(rows, value, cast("User", self.request.user)) if callable(by) else rows.filter(**{by: value})
        return rows

    @classmethod
    def filters_form(cls) -> type[Typed]:
        form = OfPage if hasattr(cls.collection.model, "pgh_event_model") else OfLog
        return type(f"{cls.collection.title}Filters", (form,), {"__doc__": "", **cls.collection.filters})

    @classmethod
    def form(cls, method: str) -> type[Typed]:
        return form_of(cls, cls.collection.create, f"{cls.collection.title}New")


def written_since(model: type[Model], since: Any) -> QuerySet[Any]:
    """The history rows of a record since then."""
    history: Any = model.pgh_event_model  # type: ignore[attr-defined]
    rows: QuerySet[Any] = history.objects.filter(pgh_obj=OuterRef("pk"), pgh_created_at__gte=since)
    return rows


def form_of(view: Any, verb: Verb | None, title: str) -> type[Typed]:
    """The verb's form, made once for each door."""
    assert verb is not None
    if "_form" not in view.__dict__:
        view._form = verb.form(title)
    made: type[Typed] = view._form
    return made


class Changing(View):
    """What reads or changes one record, which may be named by its version."""

    @property
    def record(self) -> Any:
        """The record in the address. Raises NotFound for a stranger's, and for a row of another than the first."""
        return found(self.rows(), self.kwargs[self.collection.key])

    def changed(self, verb: Verb, form: type[Typed]) -> Response:
        if verb.proof and self.record:  # a stranger's is not there, with a proof or without
            proofs.require(self.request, verb.proof)

        def act() -> Response:
            record = self.record
            seen = self.request.headers.get("If-Match")
            mark = versions.look(record, seen)
            try:
                made = self.called(verb, form, record)
            except DomainError as error:
                if seen and type(error).__name__ in versions.STALE:
                    raise versions.Overtaken from error
                raise
            versions.look_again(record, mark, getattr(self.request._request, "request_id", ""))
            if verb.leaves:
                return Response(status=status.HTTP_204_NO_CONTENT)
            if verb.secret:
                return self.answered(record, self.collection, status.HTTP_200_OK, made[1])
            if verb.makes or verb.another:
                return self.answered(made, verb.makes or self.collection, status.HTTP_201_CREATED)
            return self.answered(record, self.collection, status.HTTP_200_OK)

        return idempotency.once(self.request, act)


class Record(Changing):
    """One record."""

    def get(self, request: Request, **address: Any) -> Response:
        written = versions.newest(self.collection.model, address[self.collection.key])
        return self.told(self.record, self.collection, status.HTTP_200_OK, written)

    def patch(self, request: Request, **address: Any) -> Response:
        verb = self.collection.update
        assert verb is not None
        return self.changed(verb, self.form("PATCH"))

    @classmethod
    def form(cls, method: str) -> type[Typed]:
        return form_of(cls, cls.collection.update, f"{cls.collection.title}Change")


class Doing(Changing):
    """A verb on one record."""

    verb_name: str

    def post(self, request: Request, **address: Any) -> Response:
        return self.changed(self.collection.verbs[self.verb_name], self.form("POST"))

    @classmethod
    def form(cls, method: str) -> type[Typed]:
        title = "".join(word.capitalize() for word in cls.verb_name.split("-"))
        return form_of(cls, cls.collection.verbs[cls.verb_name], f"{cls.collection.title}{title}")


class Held(Changing):
    """The file that a record holds."""

    content_negotiation_class = Whatever

    def get(self, request: Request, **address: Any) -> HttpResponse:
        assert self.collection.file is not None
        row = self.record
        file = self.collection.file(row)
        self.read(row)
        if self.collection.reads:
            patients = self.collection.reads(row)
            access.log_reads(request._request, patient_ids=patients, what=self.collection.name)
        return attachment(*file)


class Asking(View):
    """A question that is no record."""

    question: Question

    def get(self, request: Request, **address: Any) -> Response:
        return self.answer(request.query_params.dict())

    def post(self, request: Request, **address: Any) -> Response:
        return self.answer(request.data)

    def answer(self, asked: Any) -> Response:
        typed = self.question.asks(data=asked, context={"request": self.request})
        typed.is_valid(raise_exception=True)
        found = self.question.does(self.request, typed.validated_data)
        return Response(self.question.answers(found, many=self.question.many).data)
