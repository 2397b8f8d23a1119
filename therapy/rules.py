"""Pure rules of the talk: what each session writes down (protocol section 5). Its windows: visits.session_windows."""

from __future__ import annotations

from therapy.headings import PLAN as PLAN
from therapy.headings import PROGRESS as PROGRESS
from therapy.headings import Section as Section
from therapy.headings import sections as sections
