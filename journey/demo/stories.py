"""What happened to one patient, told by calling the verbs at the hours at which it happened, up to now."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count

from clinic import clock
from clinic.errors import Refused
from clinic.models import Site, User
from clinic.policy import Role
from infusions import boosters, response, run
from infusions.models import Infusion, Series
from insurance import coverage, verification
from insurance.standing import standing
from journey.demo import cast, handwriting, living, plans, prices
from journey.demo.cast import House
from journey.demo.day import CALM_SCREEN, Day
from journey.series import book_booster, book_series
from patients import evaluations, history, measures, registration
from patients.models import MeasureResponse, Patient
from patients.rules import CONTRAINDICATIONS
from therapy import cards, headings, notes, sessions
from therapy.models import TherapySession
from visits import planner

Person = tuple[str, str, str, str, str, date, str, str, str]
TRIALS = (("Sertraline", "SSRI", "150 mg", 9), ("Venlafaxine", "SNRI", "225 mg", 8), ("Bupropion", "NDRI", "300 mg", 7))
HOPES = (
    "To walk to the lake again, and to sleep in my own bed.",
    "To cook for my family without it being a mountain.",
    "To go back to work two days a week.",
    "To answer the phone when my sister calls.",
    "To sleep through, and to want to get up.",
)
WORDS = (
    "To feel less braced. If it gets big, remind me of the lake.",
    "I want to meet it with curiosity.",
    "To put the load down for an hour.",
)
PAYERS = ("Blue Harbor Health", "Cascade Mutual", "Union Plains")
RESPONSES = {"responder": (0, 3, 6, 10, 12, 14), "partial": (0, 1, 3, 4, 6, 7), "none": (0, 0, 1, 1, 1, 1)}


def answers(total: int) -> tuple[int, ...]:
    """Nine answers with this sum; the ninth is 0."""
    given: list[int] = []
    for _ in range(8):
        given.append(min(3, total))
        total -= given[-1]
    return (*given, 0)


@dataclass
class Story:
    """One person at one site. `first` is the day of the first infusion; `stage` says how far the story goes."""

    house: House
    person: Person
    turn: int
    first: date
    stage: str
    now: datetime
    weekdays: tuple[int, ...] = (1, 4)
    hour: time = time(9)
    outcome: str = "responder"
    baseline: int = 21
    patient: Patient = field(init=False)
    series: Series | None = None
    _events: list[tuple[datetime, int, Callable[[], object]]] = field(default_factory=list)
    _order: count[int] = field(default_factory=count)

    @property
    def site(self) -> Site:
        return self.house.site

    def who(self, role: Role, further: int = 0) -> User:
        return self.house.one(role, self.turn + further)

    def then(self, at: datetime, event: Callable[[], object]) -> None:
        """Something happens at this moment, if the moment has come."""
        if at <= self.now:
            heapq.heappush(self._events, (at, next(self._order), event))

    def tell(self) -> None:
        """Let everything happen, in its order, with the clock standing at its moment."""
        self._plan()
        while self._events:
            at, _, event = heapq.heappop(self._events)
            with clock.at(at):
                event()

    def on(self, days_before: int, hour: str) -> datetime:
        """An hour of a day counted from the first infusion; with a minus after it."""
        return self.site.moment(self.first - timedelta(days=days_before), time.fromisoformat(hour))

    def _plan(self) -> None:
        self.then(self.on(24, "10:20"), self._register)
        if self.stage == "registered":
            return
        self.then(self.on(22, "09:40"), self._coverage)
        self.then(self.on(16, "11:00"), self._examine)
        if self.stage == "draft":
            return
        self.then(self.on(16, "11:50"), self._judge)
        if self.stage in {"deferred", "ineligible", "eligible"}:
            return
        self.then(self.on(15, "14:10"), self._pay)
        self.then(self.on(13, "15:30"), self._book)
        living.lives_on(self, HOPES[self.turn % len(HOPES)])

    # Before the treatment

    def _register(self) -> None:
        given, family, preferred, pronouns, sex, born, _, escort, relation = self.person
        desk = self.who(Role.FRONT_DESK)
        area = "503" if self.site.code == cast.PINE else "847"
        self.patient = registration.register(
            site=self.site,
            given_name=given,
            family_name=family,
            preferred_name=preferred,
            pronouns=pronouns,
            sex=sex,
            birth_date=born,
            phone=f"+1{area}55501{self.turn:02}",
            email=f"{given}.{family}".lower().translate(_PLAIN) + "@example.org",
            city=self.site.city,
            state=self.site.state,
            confirmed_new=True,
            by=desk,
        )
        for channel in ("email", "text")[: 1 + self.turn % 2]:
            registration.agree_to_contact(patient_id=self.patient.pk, channel=channel, by=desk)
        registration.add_contact(
            patient_id=self.patient.pk,
            kind="escort",
            name=escort,
            relation=relation,
            phone=f"+1{'971' if area == '503' else '224'}55501{self.turn:02}",
            by=desk,
        )
        provider = self.who(Role.PROVIDER)
        for treatment, group, dose, weeks in TRIALS[: 2 + self.turn % 2]:
            history.add_trial(
                patient_id=self.patient.pk,
                by=provider,
                treatment=treatment,
                treatment_class=group,
                dose=dose,
                weeks_at_adequate_dose=weeks,
                outcome="under_25",
            )
        history.add_medication(patient_id=self.patient.pk, by=provider, display="Sertraline 100 mg", dose="morning")
        if self.turn % 4 == 0:
            history.add_allergy(patient_id=self.patient.pk, by=provider, display="Penicillin", reaction="rash")

    def _coverage(self) -> None:
        admin = self.who(Role.INSURANCE_ADMIN)
        plan = coverage.add_coverage(
            patient_id=self.patient.pk,
            payer=coverage.payer_called(PAYERS[self.turn % len(PAYERS)]),
            member_id=f"MB{48210 + self.turn * 37}",
            starts_on=date(self.first.year - 2, 1, 1),
            by=admin,
        )
        verification.open_check(
            patient_id=self.patient.pk,
            leg="medical",
            coverage_id=plan.pk,
            by=admin,
            due_on=self.first - timedelta(days=3),
        )

    def _examine(self) -> None:
        provider = self.who(Role.PROVIDER)
        for instrument, items in (
            ("phq9", answers(self.baseline)),
            ("gad7", answers(self.baseline - 7)[:7]),
            ("cssrs", CALM_SCREEN),
        ):
            self._measure(instrument, items, MeasureResponse.Timepoint.BASELINE, provider)
        draft = evaluations.begin(patient_id=self.patient.pk, observed_at=clock.now(), by=provider)
        lines = {line.key: ("no", "") for line in CONTRAINDICATIONS}
        if self.stage == "draft":
            lines = dict(list(lines.items())[:9])
        if self.stage == "ineligible":
            lines[next(line.key for line in CONTRAINDICATIONS if line.absolute)] = ("yes", "Told at the visit.")
        evaluations.save_draft(
            evaluation_id=draft.pk,
            by=provider,
            version=draft.version,
            answers=lines,
            diagnosis="Major depressive disorder, recurrent, severe",
            diagnosis_code="F33.2",
            history="Several episodes; the present one has lasted more than a year.",
            goals=HOPES[self.turn % len(HOPES)],
            plan="Six infusions over three weeks, with preparation, midpoint and integration.",
            planned_count=6,
            height_cm=Decimal(170),
            weight_kg=cast.weight(self.person),
            systolic=126,
            diastolic=80,
        )

    def _judge(self) -> None:
        provider = self.who(Role.PROVIDER)
        draft = evaluations.open_draft(self.patient)
        assert draft
        outcome = self.stage if self.stage in {"deferred", "ineligible"} else "eligible"
        evaluations.sign(
            evaluation_id=draft.pk,
            outcome=outcome,
            by=provider,
            rationale="As discussed with the patient.",
            revisit_on=self.site.today() + timedelta(days=30) if outcome == "deferred" else None,
        )
        if outcome == "eligible":
            handwriting.sign(self.patient, turn=self.turn, by=self.who(Role.NURSE))

    def _pay(self) -> None:
        """Half are covered, half pay for themselves; of every third, behavioral health is still to be asked."""
        admin = self.who(Role.INSURANCE_ADMIN)
        covered = self.turn % 2 == 0
        for check in self.patient.verifications.order_by("-leg"):
            if check.leg == "behavioral" and self.turn % 3 == 0:
                continue
            verification.record_result(
                verification_id=check.pk,
                state="active" if covered else "not_covered",
                method="phone",
                representative="Dana",
                reference=f"C-{7700 + self.turn}",
                by=admin,
                **(prices.benefits(self.turn) if covered else {}),
            )
        if not covered:
            verification.agree_self_pay(
                patient_id=self.patient.pk, reason="The plan does not cover it", by=admin, service_on=self.first
            )

    # The treatment

    def _book(self) -> None:
        desk = self.who(Role.FRONT_DESK)
        best = planner.propose(
            patient=self.patient,
            site=self.site,
            count=6,
            weekdays=self.weekdays,
            not_before=self.first,
            at=self.hour,
            first_ever=True,
            by=desk,
        )[0]
        self.series = book_series(
            patient=self.patient, site=self.site, proposal=best, by=desk, template="Twice a week",
            goals=HOPES[self.turn % len(HOPES)],
        )  # fmt: skip
        rows = list(self.series.infusions.select_related("appointment", "series").order_by("number"))
        for infusion in rows:
            self._expect(infusion)
        for session in self.series.therapy_sessions.select_related("appointment"):
            assert session.appointment
            self.then(session.appointment.ends_at + timedelta(minutes=10), self._talk(session))
        self.then(clock.now() + timedelta(hours=18), self._estimate)
        last = rows[-1].appointment.starts_at
        if self.stage in {"maintenance", "series"}:
            self.then(last + timedelta(days=4), self._look_back)

    def _estimate(self) -> None:
        if self.patient.self_pay.filter(until__isnull=True, estimate_given_on__isnull=True).exists():
            prices.estimate(self.patient, self.who(Role.INSURANCE_ADMIN))

    def _expect(self, infusion: Infusion) -> None:
        start = infusion.appointment.starts_at
        number = infusion.number or 1
        if self.stage == "no_show" and number == 3:
            self.then(start + timedelta(minutes=20), self._missed(infusion))
            return
        self.then(start - timedelta(minutes=50), self._verify_again(start))
        self.then(start - timedelta(minutes=3), self._infuse(infusion))

    def _verify_again(self, start: datetime) -> Callable[[], object]:
        """Benefits hold until the month turns; before the visit they are looked at again."""

        def check() -> None:
            if standing(self.patient, self.site.local(start).date()).settled:
                return
            admin = self.who(Role.INSURANCE_ADMIN)
            plan = self.patient.coverages.get()
            row = verification.open_check(patient_id=self.patient.pk, leg="medical", coverage_id=plan.pk, by=admin)
            verification.record_result(
                verification_id=row.pk,
                state="active",
                method="portal",
                copay=Decimal(40),
                by=admin,
            )

        return check

    def _missed(self, infusion: Infusion) -> Callable[[], object]:
        return lambda: run.no_show(infusion_id=infusion.pk, by=self.who(Role.NURSE))

    def _infuse(self, infusion: Infusion) -> Callable[[], object]:
        def tell() -> None:
            row = Infusion.objects.select_related("series__patient__site", "appointment__site").get(pk=infusion.pk)
            lately = self.now - clock.now() < timedelta(days=8)
            Day(
                infusion=row,
                nurse=self.who(Role.NURSE, row.number or 0),
                second=self.who(Role.NURSE, (row.number or 0) + 1),
                provider=self.who(Role.PROVIDER),
                escort=self.patient.contacts.get(kind="escort"),
                phq9=answers(self._score(row)),
                weight_kg=cast.weight(self.person),
                late_minutes=self.turn % 3,
                every_row=lately,
                signed=not (lately and self.turn % 3 == 1),
            ).tell(until=self.now)

        return tell

    def _score(self, infusion: Infusion) -> int:
        if infusion.series.kind == Series.Kind.MAINTENANCE:
            return max(3, self.baseline - 15 + self.turn % 4)
        drop = RESPONSES[self.outcome][min((infusion.number or 1), 6) - 1]
        return max(4, self.baseline - drop)

    def _talk(self, session: TherapySession) -> Callable[[], object]:
        def write() -> None:
            row = TherapySession.objects.select_related("appointment", "therapist").get(pk=session.pk)
            assert row.appointment
            note = notes.write(
                session_id=row.pk,
                kind="progress",
                sections={part.key: _said(part) for part in headings.PROGRESS[row.kind]},
                by=row.therapist,
                started_at=row.appointment.starts_at,
                ended_at=row.appointment.ends_at,
                modality="individual",
                reached="in_person",
                risk_unasked="" if notes.risk_screen(row) else "Asked by the nurse at the infusion.",
            )
            if row.kind == "preparation":
                cards.share_intentions(
                    session_id=row.pk,
                    words=WORDS[self.turn % len(WORDS)],
                    music="Slow piano, no words, low",
                    touch="Hand on shoulder only if asked",
                    grounding="“You are safe. This passes.”",
                    by=row.therapist,
                )
            if row.kind == "midpoint":
                plans.change_card(row, self.turn)
            if row.kind == "integration":
                plans.give(row, self.turn)
            recent = self.now - clock.now() < timedelta(days=2)
            if recent and self.turn % 2:
                sessions.mark_held(session_id=row.pk, by=row.therapist)
            else:
                notes.sign(note_id=note.pk, by=row.therapist)

        return write

    def _look_back(self) -> None:
        assert self.series
        provider = self.who(Role.PROVIDER)
        last = self.patient.measures.filter(instrument="phq9").latest("observed_at").score or 0
        self._measure("phq9", answers(last), MeasureResponse.Timepoint.POST_SERIES, provider)
        self._measure("gad7", answers(last)[:7], MeasureResponse.Timepoint.POST_SERIES, provider)
        self.series.refresh_from_db()
        if self.stage != "maintenance" or self.series.state != Series.State.COMPLETED:
            return
        goes_on = self.outcome != "none"
        response.review(
            series_id=self.series.pk,
            decision="maintenance" if goes_on else "refer",
            rationale="Good response, boosters agreed." if goes_on else "No response; referred for TMS.",
            referral="" if goes_on else "tms",
            by=provider,
        )
        if goes_on:
            boosters.plan(series_id=self.series.pk, intervals_days=[14, 21, 28], by=provider)
            self._next_booster()

    def _next_booster(self) -> None:
        assert self.series
        due = boosters.next_due(self.series)
        if due is None:
            return
        for days in range(5):
            for hour in (self.hour, time(10, 30), time(13), time(15), time(17)):
                try:
                    start = self.site.moment(due + timedelta(days=days), hour)
                    booster = book_booster(series=self.series, starts_at=start, by=self.who(Role.FRONT_DESK))
                except Refused:
                    continue
                self._expect(booster)
                self.then(start + timedelta(days=1), self._next_booster)
                return

    def asked_again(self, *, score: int) -> None:
        """The questionnaire between visits."""
        self._measure("phq9", answers(score), MeasureResponse.Timepoint.FOLLOW_UP, self.who(Role.NURSE))

    def _measure(self, instrument: str, items: tuple[int, ...], timepoint: str, by: User) -> None:
        measures.record(
            patient_id=self.patient.pk,
            instrument=instrument,
            items=items,
            timepoint=timepoint,
            observed_at=clock.now(),
            by=by,
        )


_PLAIN = str.maketrans({"’": "", " ": "", "ø": "o", "é": "e", "í": "i", "á": "a", "ë": "e"})


def _said(part: headings.Section) -> str:
    return {
        "risk": "No suicidal thoughts; safety plan known.",
        "intentions": "To meet what comes with curiosity.",
        "plan": "As agreed; next step is booked.",
    }.get(part.key, "Talked through and agreed.")
