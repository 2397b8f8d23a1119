"""The form of a note: its fields are the headings of its kind, each kept exactly as it was typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from clinic import clock
from clinic.forms import CalmForm
from therapy import headings
from therapy.headings import Section
from therapy.models import Modality, NoteDraft, Reached, SessionNote, TherapySession

TEXT = {"rows": 2, "dir": "auto", "class": "ek-write-in", "autocomplete": "off"}


class NoteText(forms.CharField):
    """What stands under a heading. Only the line ends that the browser makes of a pressed Enter are turned back.

    It has no `maxlength`: a browser would cut a long paste without a word, and counts an emoji twice.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, strip=False, widget=forms.Textarea(attrs=dict(TEXT)), **kwargs)

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")

    def validate(self, value: str) -> None:
        if len(value) > headings.MOST:
            raise ValidationError(f"This has {len(value):,} characters; {headings.MOST:,} fit. Part it, or shorten it.")


@dataclass(frozen=True)
class Row:
    """One heading as the page draws it."""

    section: Section
    field: forms.BoundField
    copied: bool
    looked_at: bool


class NoteForm(CalmForm, forms.Form):
    """The plan or the progress note of one session."""

    version = forms.IntegerField(widget=forms.HiddenInput(attrs={"id": "version"}), required=False)
    page = forms.CharField(widget=forms.HiddenInput, required=False, max_length=36)

    def __init__(
        self, *args: Any, session: TherapySession, kind: str, draft: NoteDraft | None, page: str = "", **kwargs: Any
    ) -> None:
        self.session, self.kind, self.draft = session, kind, draft or NoteDraft(version=0)
        self.sections = headings.sections(kind, session.kind)
        kwargs.setdefault("initial", {}).update(self._stands(page))
        super().__init__(*args, **kwargs)
        if kind == SessionNote.Kind.PROGRESS:
            self._add_held()
        for section in self.sections:
            self.fields[section.key] = NoteText(label=section.label, help_text=section.help)

    def _stands(self, page: str) -> dict[str, Any]:
        draft, site = self.draft, self.session.series.site
        held = {name: getattr(draft, name) for name in ("modality", "reached", "risk_unasked")}
        if draft.version == 0:
            held |= {"modality": Modality.GROUP if self.session.kind == "group" else Modality.INDIVIDUAL}
            held |= {"reached": Reached.IN_PERSON}
        times = {
            name: site.local(moment).time()
            for name, moment in (("started", draft.started_at), ("ended", draft.ended_at)) if moment
        }  # fmt: skip
        return {**draft.texts, **held, **times, "version": draft.version or None, "page": page}

    def _add_held(self) -> None:
        self.fields["started"] = forms.TimeField(label="Started", required=False)
        self.fields["ended"] = forms.TimeField(label="Ended", required=False)
        self.fields["modality"] = forms.ChoiceField(label="Held as", required=False, choices=Modality.choices)
        self.fields["reached"] = forms.ChoiceField(label="Where", required=False, choices=Reached.choices)
        self.fields["risk_unasked"] = forms.CharField(
            label="Why the risk questions were not asked", required=False, max_length=300
        )
        for name in ("started", "ended"):
            self.fields[name].widget = forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "form-control"})
        for name in ("modality", "reached"):
            self.fields[name].widget.attrs["class"] = "form-select"
        self.fields["risk_unasked"].widget.attrs["class"] = "form-control"

    @property
    def rows(self) -> list[Row]:
        copied, looked = self.draft.copied, set(self.draft.looked_at)
        return [Row(row, self[row.key], row.key in copied, row.key in looked) for row in self.sections]

    @property
    def texts(self) -> dict[str, str]:
        """What was typed under each heading that can be kept; a page that sent only some says nothing of the others."""
        return {row.key: self.cleaned_data[row.key] for row in self.sections
                if row.key in self.data and row.key in self.cleaned_data}  # fmt: skip

    def kept(self, press: str = "") -> dict[str, Any]:
        """What the verb keeps of this page. `press` is “start” or “stop”: the minute in which it was pressed."""
        clean = self.cleaned_data
        kept: dict[str, Any] = {"version": clean.get("version"), "page": clean.get("page", "")}
        kept["sections"] = self.texts
        kept["looked_at"] = self.data.getlist("looked") if hasattr(self.data, "getlist") else ()
        if self.kind != SessionNote.Kind.PROGRESS:
            return kept
        for name in ("modality", "reached", "risk_unasked"):
            kept[name] = clean[name] if name in self.data and name in clean else getattr(self.draft, name)
        for name, when in (("started", "start"), ("ended", "stop")):
            stood = getattr(self.draft, f"{name}_at")
            kept[f"{name}_at"] = self._moment(name, stood)
            if press == when:
                kept[f"{name}_at"] = clock.now().replace(second=0, microsecond=0)
        return kept

    def _moment(self, name: str, stood: datetime | None) -> datetime | None:
        if name not in self.data or name in self.errors:
            return stood
        typed = self.cleaned_data.get(name)
        return self.session.series.site.moment(self._day(), typed) if typed else None

    def _day(self) -> date:
        """The day the minutes belong to: that of a start that was pressed, else of the visit, else today."""
        site, visit = self.session.series.site, self.session.appointment
        return site.local(self.draft.started_at or (visit.starts_at if visit else clock.now())).date()


class AddendumForm(CalmForm, forms.Form):
    required_sentences = {"text": "Write what is to be added."}

    text = forms.CharField(label="Addendum", max_length=20000, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}))


class RemarkForm(CalmForm, forms.Form):
    required_sentences = {"remark": "Write what you would like to be added or explained."}

    remark = forms.CharField(label="Remark", max_length=2000, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}))


class PhraseForm(CalmForm, forms.Form):
    name = forms.CharField(label="Name", max_length=40, help_text="What you look for after “/”.")
    text = forms.CharField(label="Phrase", max_length=2000, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}))
