"""Lists are read in pages, oldest first, from a cursor that no new row can shift."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination

USUAL, MOST = 50, 200


class Pages(CursorPagination):
    page_size = USUAL
    max_page_size = MOST
    page_size_query_param = "limit"
    ordering = "id"
    offset_cutoff = MOST

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> Any:
        """The rows of this page. Raises NotFound for a cursor that we did not make."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValidationError, ValueError):
            raise NotFound(self.invalid_cursor_message) from None
