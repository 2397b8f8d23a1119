"""The OpenAPI document, written from what the rooms declare."""

from __future__ import annotations

import inspect
import re
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from clinic.api.problems import MEDIA_TYPE
from clinic.api.routes import API
from clinic.policy import GRANTS, Action


class Problem(serializers.Serializer[Any]):
    """A refusal (RFC 9457): `detail` is a sentence for a person; what else there is depends on the type."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = serializers.DictField(  # type: ignore[assignment]
        child=serializers.CharField(), required=False, help_text="By field; “” is the whole."
    )
    unmet = serializers.ListField(child=serializers.CharField(), required=False, help_text="What keeps a gate closed.")
    current = serializers.CharField(required=False)
    wanted = serializers.CharField(required=False)
    allowed = serializers.ListField(child=serializers.CharField(), required=False, help_text="States that can follow.")
    candidates = serializers.ListField(child=serializers.UUIDField(), required=False)


ALWAYS = {
    401: "No token, or one that is over",
    403: "Not this role’s to do",
    406: "Only JSON is spoken",
    429: "Too often",
}
READING = {404: "There is no such thing here", 422: "A parameter can’t be taken"}
WRITING = {
    400: "Not readable",
    404: "There is no such thing here",
    409: "A rule, or the present state, says no",
    412: "It has changed since it was read",
    413: "Too large",
    415: "Only JSON is spoken",
    422: "A field can’t be taken",
}
KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER,
    description="Sent again with the same key, a request is done once, and answered as it was.",
)  # fmt: skip
MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="The `ETag` that was read: 412 if it is another by now."
)


RAISES = re.compile(r"\s*\bRaises\b(?:[^.]|\.(?!\s|$))*\.")  # for programmers; here the answers are listed


class HouseSchema(AutoSchema):
    """Every operation is described by the declaration of its view."""

    view: Any

    @property
    def _kind(self) -> str:
        return type(self.view).__mro__[1].__name__

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/v1/").split("/")[0]]

    def get_operation_id(self) -> str:
        words = [part for part in self.path.removeprefix("/api/v1/").strip("/").split("/") if not part.startswith("{")]
        plain = {"Rows": {"GET": "list", "POST": "create"}, "Record": {"GET": "read", "PATCH": "change"}}
        words.append(plain.get(self._kind, {}).get(self.method, ""))
        return "_".join(word.replace("-", "_") for word in words if word)

    def get_description(self) -> str:  # type: ignore[override]
        verb = self._verb()
        doc = inspect.getdoc(verb.does) if verb else ""
        if self._kind == "Asking":
            doc = self.view.question.words
        doc = RAISES.sub("", doc or "").strip()
        route = f"{self.method} {self.path.removeprefix('/api/v1/')}"
        rule = API.get(route)
        roles = ", ".join(sorted(role.label.lower() for role in GRANTS[rule])) if isinstance(rule, Action) else ""
        return "\n\n".join(part for part in (doc, f"For: {roles}." if roles else "") if part)

    def _verb(self) -> Any:
        if self._kind == "Doing":
            return self.view.collection.verbs[self.view.verb_name]
        if self._kind in ("Rows", "Record"):
            return {"POST": self.view.collection.create, "PATCH": self.view.collection.update}.get(self.method)
        return None

    def get_override_parameters(self) -> list[Any]:
        if self._kind == "Rows" and self.method == "GET":
            return [self.view.filters_form()]
        if self._kind == "Asking" and self.method == "GET":
            return [self.view.question.asks]
        headers = [KEY] if self.method in ("POST", "PATCH") and self._kind != "Asking" else []
        return headers + ([MATCH] if self._verb() and self._kind != "Rows" else [])

    def get_filter_backends(self) -> list[Any]:
        return []

    def get_request_serializer(self) -> Any:
        if self.method == "GET":
            return None
        return self.view.question.asks if self._kind == "Asking" else self.view.form(self.method)

    def get_response_serializers(self) -> Any:
        errors = ALWAYS | (READING if self.method == "GET" else WRITING)
        answers: dict[Any, Any] = {
            (code, MEDIA_TYPE): OpenApiResponse(Problem, description=words) for code, words in errors.items()
        }
        if self._kind == "Held":
            return {(200, "application/octet-stream"): OpenApiTypes.BINARY} | answers
        code, form = self._answer()
        return {(code, "application/json"): form} | answers

    def _answer(self) -> tuple[int, Any]:
        if self._kind == "Asking":
            return 200, self.view.question.answers(many=self.view.question.many)
        collection, verb = self.view.collection, self._verb()
        if verb is not None and verb.leaves:
            return 204, None
        if verb is not None and verb.secret:
            return 201 if self._kind == "Rows" else 200, collection.form_with_secret(None)
        if verb is not None and (verb.makes or verb.another):
            return 201, (verb.makes or collection).form(None)
        if self._kind == "Rows":
            return (200, self._page(collection)) if self.method == "GET" else (201, collection.form(None))
        return 200, collection.form(None)

    def _page(self, collection: Any) -> Any:
        inside = {
            "next": serializers.URLField(allow_null=True),
            "previous": serializers.URLField(allow_null=True),
            "results": collection.form(None)(many=True),
        }
        return type(f"{collection.title}Page", (serializers.Serializer,), inside)

    def _is_list_view(self, serializer: Any = None) -> bool:
        return bool(getattr(serializer, "many", False))

    def _postprocess_serializer_schema(self, schema: Any, serializer: Any, direction: Any) -> Any:
        schema = super()._postprocess_serializer_schema(schema, serializer, direction)  # type: ignore[no-untyped-call]
        optional = getattr(serializer, "optional", ())
        if "required" in schema:
            schema["required"] = [name for name in schema["required"] if name not in optional]
        return schema


class ByToken(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "clinic.api.door.Carried"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        words = "`Token …`, as shown once when the token was made."
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": words}


def without_marks(result: Any, **context: Any) -> Any:
    """Leave out the generator's own notes about choices."""
    if isinstance(result, dict):
        result.pop("x-spec-enum-id", None)
        for inside in result.values():
            without_marks(inside)
    elif isinstance(result, list):
        for inside in result:
            without_marks(inside)
    return result
