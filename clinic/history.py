"""History by database trigger: every write leaves an event row with who, when and from which request."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar
from uuid import UUID

import pghistory
import pgtrigger
from django.db import models
from pghistory.models import Event

from clinic import tracing, triggers

triggers.keep()

M = TypeVar("M", bound=type[models.Model])


class History(Event):
    """A row of history; its number must not run out before the clinic does."""

    pgh_id = models.BigAutoField(primary_key=True)

    class Meta:
        abstract = True


def audited(model: M) -> M:
    """Class decorator: keep every insert, update and delete of `model` in an append-only event table."""
    return audited_but()(model)


def audited_but(*columns: str) -> Callable[[M], M]:
    """The same, without what stands in these columns: history tells that it was written, by whom, and when."""

    def decorate(model: M) -> M:
        tracked: M = pghistory.track(
            pghistory.InsertEvent(),
            pghistory.UpdateEvent(),
            pghistory.DeleteEvent(),
            append_only=True,
            base_model=History,
            exclude=list(columns) or None,
        )(model)
        return tracked

    return decorate


def locked_when(name: str, **condition: Any) -> pgtrigger.Trigger:
    """A trigger that refuses UPDATE and DELETE of rows for which `condition` held before (`signed_at__isnull=False`).

    Conditions are given without the `old__` prefix. The state in which a row becomes locked is written by the verb
    that signs it; afterwards only addenda, superseding rows and `entered_in_error` rows elsewhere are possible.
    """
    old = pgtrigger.Q(**{f"old__{key}": value for key, value in condition.items()})
    return pgtrigger.Protect(name=name, operation=pgtrigger.Update | pgtrigger.Delete, condition=old)


def append_only(name: str) -> pgtrigger.Trigger:
    """A trigger that refuses every UPDATE and DELETE."""
    return pgtrigger.Protect(name=name, operation=pgtrigger.Update | pgtrigger.Delete)


def written_once(name: str, *, but: Sequence[str]) -> list[pgtrigger.Trigger]:
    """Two triggers: no row is deleted, and of a row that stands only the columns named in `but` may change."""
    return [
        pgtrigger.Protect(name=f"{name}_never_deleted", operation=pgtrigger.Delete),
        pgtrigger.Protect(
            name=f"{name}_never_edited", operation=pgtrigger.Update, condition=pgtrigger.AnyChange(exclude=list(but))
        ),
    ]


@contextmanager
def acting(user_id: UUID | None, *, source: str, request_id: str = "") -> Iterator[None]:
    """Name the actor of every write inside the block, for code that no web request started."""
    user, request = str(user_id) if user_id else None, request_id or tracing.current()
    with pghistory.context(user=user, source=source, request=request):
        yield


def locked_with_parent(name: str, *, parent: str, column: str) -> pgtrigger.Trigger:
    """A trigger that refuses any write to a row whose parent (`parent` table, by `column`) is signed."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=pgtrigger.Func(
            f"""
            IF TG_OP <> 'INSERT' AND EXISTS
                (SELECT 1 FROM {parent} WHERE id = OLD.{column} AND signed_at IS NOT NULL)
            OR TG_OP <> 'DELETE' AND EXISTS
                (SELECT 1 FROM {parent} WHERE id = NEW.{column} AND signed_at IS NOT NULL)
            THEN
                RAISE EXCEPTION 'signed: rows of a signed record can not be written';
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;
            """  # noqa: S608 - names come from the code, not from people
        ),
    )
