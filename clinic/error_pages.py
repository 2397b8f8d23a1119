"""What a page or a report about an error may show: where it happened, never what anybody typed or what was loaded."""

from __future__ import annotations

from collections.abc import ItemsView
from types import FrameType
from typing import Any

from django.http import HttpRequest, QueryDict
from django.views.debug import SafeExceptionReporterFilter


class NothingShown(SafeExceptionReporterFilter):
    """Names of variables and fields without their values, in the debug mode as well.

    Django hides only what a decorator names, and nothing while DEBUG is on; here every value may be a patient's.
    """

    def is_active(self, request: HttpRequest | None) -> bool:
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        return self._hidden(request.POST) if request is not None else {}

    def get_cleansed_multivaluedict(self, request: HttpRequest | None, multivaluedict: QueryDict) -> QueryDict:
        return QueryDict()

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: FrameType) -> ItemsView[str, str]:
        return self._hidden(tb_frame.f_locals).items()

    def _hidden(self, values: Any) -> dict[str, str]:
        return dict.fromkeys(values, self.cleansed_substitute)
