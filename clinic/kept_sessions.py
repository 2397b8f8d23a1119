"""Sessions as Django keeps them in the database, read by a statement that is composed once: every request begins so."""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from clinic.composed import Composed
from clinic.gathering import Given

_LIVING = Composed(Session.objects.filter(session_key=Given("key"), expire_date__gt=Given("now")), prepared=True)


class SessionStore(db.SessionStore):
    """The store that settings.SESSION_ENGINE names; all but the reading is Django's."""

    def _get_session_from_db(self) -> Session | None:
        found = _LIVING.first(key=self.session_key, now=timezone.now())
        if found is None:
            self._session_key = None
        return found
