"""Therapy: sessions and their signed notes, groups, integration plans with what comes back, referrals.

Psychotherapy notes are not among what other systems can ask for.
"""

from __future__ import annotations

from clinic.api.declaring import Collection
from therapy.api.groups import GROUPS, MEMBERS
from therapy.api.plans import CLOSE_ONES, CONSENTS, JOURNAL, PLANS
from therapy.api.referrals import REFERRALS
from therapy.api.sessions import DRAFTS, NOTES, SESSIONS, SUPERVISIONS

COLLECTIONS: tuple[Collection, ...] = (
    SESSIONS, NOTES, DRAFTS, SUPERVISIONS, GROUPS, MEMBERS, PLANS, JOURNAL, CONSENTS, CLOSE_ONES, REFERRALS,
)  # fmt: skip
