"""The OpenAPI document and the page that shows it. Neither says anything of anybody."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET


@cache
def document() -> bytes:
    """Written once by each process: it follows from the code alone. What writes it is loaded when it is asked for."""
    from drf_spectacular.generators import SchemaGenerator

    written: Any = SchemaGenerator  # it has no types
    return json.dumps(written().get_schema(request=None, public=True)).encode()


@require_GET
def schema(request: HttpRequest) -> HttpResponse:
    return HttpResponse(document(), content_type="application/json")


@require_GET
def docs(request: HttpRequest) -> HttpResponse:
    return render(request, "clinic/api_docs.html")
