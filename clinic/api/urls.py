"""The addresses of the API, made from what the rooms declare in their `api.py`."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from django.conf import settings
from django.urls import URLPattern, path

from clinic.api import schema_page
from clinic.api.declaring import Collection, Question
from clinic.api.views import Asking, Doing, Held, Record, Rows, View

app_name = "api"
READ = ("get", "head")


def door(kind: type[View], name: str, **facts: object) -> type[View]:
    """A view of its own, so that the schema can tell one from another."""
    return type(name, (kind,), facts)


def of_collection(one: Collection) -> Iterator[URLPattern]:
    place, key = one.path.replace("{id}", "<uuid:pk>"), f"<uuid:{one.key}>"
    name = f"{one.within.name}-{one.name}" if one.within else one.name
    listed = door(Rows, f"{one.title}Rows", collection=one, http_method_names=[*READ, *["post"] * bool(one.create)])
    yield path(place, listed.as_view(), name=name)
    if not one.is_addressed:
        return
    methods = [*READ, *["patch"] * bool(one.update)]
    record = door(Record, f"{one.title}Record", collection=one, http_method_names=methods)
    yield path(f"{place}{key}/", record.as_view(), name=f"{name}-record")
    if one.file:
        held = door(Held, f"{one.title}File", collection=one, http_method_names=[*READ])
        yield path(f"{place}{key}/file/", held.as_view(), name=f"{name}-file")
    for verb in one.verbs:
        doing = door(Doing, f"{one.title}{verb.title()}", collection=one, verb_name=verb, http_method_names=["post"])
        yield path(f"{place}{key}/{verb}/", doing.as_view(), name=f"{name}-{verb}")


def of_question(one: Question) -> URLPattern:
    asking = door(Asking, f"{one.name.title()}Asking", question=one, http_method_names=[one.method.lower()])
    return path(f"{one.name}/", asking.as_view(), name=one.name.replace("/", "-"))


def of_house() -> Iterator[URLPattern]:
    for room in settings.API_ROOMS:
        declared = import_module(f"{room}.api")
        for question in getattr(declared, "QUESTIONS", ()):
            yield of_question(question)
        for collection in declared.COLLECTIONS:
            yield from of_collection(collection)


urlpatterns: list[URLPattern] = [
    path("schema/", schema_page.schema, name="schema"),
    path("docs/", schema_page.docs, name="docs"),
    *of_house(),
]
