"""What a verb may answer instead of doing the thing. Each carries a sentence that a person can act on."""

from collections.abc import Iterable, Mapping, Sequence

from django.db import OperationalError


class DomainError(Exception):
    """A rule said no. `sentence` is shown as it is; `status` is the HTTP answer."""

    status = 409
    title = "This can’t be done now"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotPermitted(DomainError):
    """The user is known here but lacks the right."""

    status = 403
    title = "Not yours to do"


class NotFound(DomainError):
    """The thing does not exist for this user."""

    status = 404
    title = "Not found"

    def __init__(self, sentence: str = "There is nothing here, or it is not yours to see.") -> None:
        super().__init__(sentence)


class Refused(DomainError):
    """A rule of the clinic or of the calendar forbids it."""


class IllegalTransition(DomainError):
    """A state can't follow from the present one; `allowed` names what can."""

    def __init__(self, thing: str, *, current: str, wanted: str, allowed: Iterable[str]) -> None:
        self.current, self.wanted, self.allowed = current, wanted, tuple(allowed)
        can = ", ".join(self.allowed) if self.allowed else "nothing more"
        super().__init__(f"{thing} is “{current}” and can’t become “{wanted}”. From here it can become: {can}.")


class NotReady(DomainError):
    """A gate is closed; `unmet` holds every sentence that keeps it closed."""

    title = "Not ready"

    def __init__(self, unmet: Sequence[str]) -> None:
        self.unmet = tuple(unmet)
        super().__init__(" ".join(self.unmet))


class Invalid(DomainError):
    """What was typed can't be taken; `fields` maps a field's name to its sentence, "" to the whole."""

    status = 422
    title = "Please look at what was typed"

    def __init__(self, fields: Mapping[str, str] | str) -> None:
        self.fields = {"": fields} if isinstance(fields, str) else dict(fields)
        super().__init__(" ".join(self.fields.values()))


class SameMoment(DomainError):
    """Two waited for each other, and the database ended this one: what it had written is undone, so it may be tried."""

    DEADLOCK, SERIALIZATION = "40P01", "40001"

    def __init__(self) -> None:
        super().__init__("Somebody changed this at the same moment. Try again.")

    @classmethod
    def of(cls, error: Exception) -> "SameMoment | None":
        """The refusal that stands for an error of the database; None for every other error."""
        code = getattr(error.__cause__, "pgcode", "") if isinstance(error, OperationalError) else ""
        return cls() if code in {cls.DEADLOCK, cls.SERIALIZATION} else None
