"""The forms of a session. A note's fields are the headings of its kind."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from crispy_forms.layout import Column, Layout, Row
from django import forms

from clinic.errors import Invalid
from clinic.forms import CalmForm
from clinic.models import Site
from therapy import rules
from therapy.models import IntentionCard, SessionNote, TherapySession


class AskedText(forms.CharField):
    """Needed for the signature but not for the draft: the page doesn't call it optional, the verb asks for it."""

    def validate(self, value: str) -> None:
        pass


class AskedTime(forms.TimeField):
    """As above."""

    def validate(self, value: time | None) -> None:
        pass


class NoteForm(CalmForm, forms.Form):
    """The plan or the progress note of one session."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, session: TherapySession, kind: str, note: SessionNote | None, **kwargs: Any) -> None:
        self.session, self.kind, self.note = session, kind, note
        written = {section.key: section.text for section in note.sections.all()} if note else {}
        kwargs.setdefault("initial", {}).update(written | {"version": note.version if note else None})
        super().__init__(*args, **kwargs)
        rows: list[Any] = ["version"]
        if kind == SessionNote.Kind.PROGRESS:
            self._add_times(session.series.site)
            rows.append(Row(Column("started"), Column("ended"), Column("modality"), css_class="g-3 mb-3"))
        for section in rules.sections(kind, session.kind):
            field = AskedText if section.required else forms.CharField
            self.fields[section.key] = field(
                label=section.label,
                help_text=section.help,
                required=section.required,
                max_length=20000,
                strip=False,
                widget=forms.Textarea(attrs={"rows": 3}),
            )
            rows.append(section.key)
        self.helper.layout = Layout(*rows)

    def _add_times(self, site: Site) -> None:
        for name, label in (("started", "Started"), ("ended", "Ended")):
            self.fields[name] = AskedTime(label=label)
            moment = getattr(self.note, f"{name}_at", None) if self.note else None
            if moment:
                self.initial[name] = site.local(moment).time()
        self.fields["modality"] = forms.CharField(label="Modality", required=False, max_length=60)
        if self.note:
            self.initial["modality"] = self.note.modality

    @property
    def texts(self) -> dict[str, str]:
        """What was typed under each heading."""
        keys = [section.key for section in rules.sections(self.kind, self.session.kind)]
        return {key: self.cleaned_data.get(key) or "" for key in keys}

    def minutes(self) -> tuple[datetime | None, datetime | None]:
        """Start and end as moments on the day of the visit. Raises Invalid when there is no visit to place them on."""
        started, ended = self.cleaned_data.get("started"), self.cleaned_data.get("ended")
        if not started and not ended:
            return None, None
        if self.session.appointment is None:
            raise Invalid("This session has no visit yet. Book it, then give its times.")
        site = self.session.series.site
        day = site.local(self.session.appointment.starts_at).date()
        return (
            site.moment(day, started) if started else None,
            site.moment(day, ended) if ended else None,
        )


class IntentionForm(CalmForm, forms.ModelForm):
    """The card as it is now, to be changed for a coming infusion."""

    required_sentences = {"words": "Write the intention in the patient’s own words."}

    class Meta:
        model = IntentionCard
        fields = ("words", "music", "touch", "grounding")
        widgets = {"words": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, coming: Sequence[int] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        numbers = [(number, f"Infusion {number}") for number in coming]
        self.fields["from_number"] = forms.TypedChoiceField(
            label="From infusion", choices=numbers, coerce=int, required=False, empty_value=None
        )


class AddendumForm(CalmForm, forms.Form):
    required_sentences = {"text": "Write what is to be added."}

    text = forms.CharField(label="Addendum", max_length=20000, widget=forms.Textarea(attrs={"rows": 3}))
