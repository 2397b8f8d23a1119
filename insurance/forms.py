"""What insurance clerks fill in. The verbs check again; here are the fields and their words."""

from __future__ import annotations

from typing import Any, ClassVar

from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.db.models import QuerySet

from clinic.forms import CalmForm
from clinic.gathering import Given
from clinic.models import Site, User
from clinic.policy import GRANTS, Action
from insurance.models import AcceptedPlan, Coverage, Payer, PayerProfile, Verification
from insurance.states import State
from patients.models import Patient

YES_NO = [("yes", "Yes"), ("no", "No"), ("", "Not said")]


def _yes_no(label: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=YES_NO,
        required=False,
        coerce=lambda said: {"yes": True, "no": False}[said],
        empty_value=None,
        widget=forms.Select,
    )


def _dollars(label: str, digits: int = 8) -> forms.DecimalField:
    return forms.DecimalField(label=label, required=False, max_digits=digits, decimal_places=2)


class ResultForm(CalmForm, forms.Form):
    """What the payer said."""

    picks = ("state", "method")
    units: ClassVar[dict[str, str]] = {"coinsurance_percent": "%"}
    required_sentences: ClassVar[dict[str, str]] = {
        "state": "Choose what the payer said.",
        "method": "Say how you asked: phone, portal or 270/271.",
    }

    state = forms.ChoiceField(
        label="What did the payer say?",
        choices=[
            (State.ACTIVE, "Active"),
            (State.INACTIVE, "Inactive"),
            (State.NOT_COVERED, "Not covered"),
            (State.NEEDS_INFO, "Needs information"),
            (State.ERROR, "Check failed"),
        ],
    )
    method = forms.ChoiceField(label="How did you ask?", choices=Verification.Method.choices)
    representative = forms.CharField(label="Spoke with", required=False, max_length=120)
    reference = forms.CharField(label="Call reference", required=False, max_length=60)
    coverage = forms.ModelChoiceField(label="Plan", queryset=Coverage.objects.none(), required=False)
    coverage_ended_on = forms.DateField(
        label="Last day covered", required=False, help_text="Only where the payer named one."
    )
    in_network = _yes_no("In network")
    authorization_required = _yes_no("Approval required")
    referral_required = _yes_no("Referral required")
    telehealth_covered = _yes_no("Telehealth covered")
    copay = _dollars("Copay, $")
    coinsurance_percent = forms.IntegerField(label="Patient’s share", required=False)
    deductible = _dollars("Deductible, $", 9)
    deductible_met = _dollars("Of it met, $", 9)
    deductible_family = _dollars("Family deductible, $", 9)
    deductible_family_met = _dollars("Of it met, $", 9)
    out_of_pocket = _dollars("Out-of-pocket limit, $", 9)
    out_of_pocket_met = _dollars("Of it met, $", 9)
    out_of_pocket_family = _dollars("Family out-of-pocket limit, $", 9)
    out_of_pocket_family_met = _dollars("Of it met, $", 9)
    plan_begins = forms.DateField(label="Plan year from", required=False)
    plan_ends = forms.DateField(label="Plan year to", required=False)
    visit_limit = forms.IntegerField(label="Visits a year", required=False)
    visits_used = forms.IntegerField(label="Of them used", required=False)
    exclusions = forms.CharField(
        label="Excluded", required=False, max_length=300, help_text="Like off-label or experimental use."
    )
    other_insurance = forms.CharField(
        label="Other insurance they know of", required=False, max_length=200, help_text="Coordination of benefits."
    )
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, check: Verification, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plans = Coverage.objects.filter(patient=check.patient, entered_in_error_at__isnull=True)
        choice = self.fields["coverage"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = plans.select_related("payer").order_by("rank", "-starts_on")
        choice.initial = check.coverage_id
        choice.empty_label = "No plan on file"

    @property
    def pairs(self) -> list[list[forms.BoundField]]:
        """What the payer may say of the benefits, two by two."""
        names = (
            ("in_network", "authorization_required"), ("copay", "coinsurance_percent"),
            ("deductible", "deductible_met"), ("out_of_pocket", "out_of_pocket_met"),
            ("deductible_family", "deductible_family_met"), ("out_of_pocket_family", "out_of_pocket_family_met"),
            ("visit_limit", "visits_used"), ("plan_begins", "plan_ends"), ("referral_required", "telehealth_covered"),
        )  # fmt: skip
        return [[self[name] for name in pair] for pair in names]


class CoverageForm(CalmForm, forms.Form):
    payer = forms.ModelChoiceField(
        label="Payer", queryset=Payer.objects.filter(is_active=True), required=False, empty_label="Choose the payer"
    )
    payer_name = forms.CharField(
        label="Or a payer that is not in the list",
        required=False,
        max_length=120,
        help_text="As it stands on the card.",
    )
    rank = forms.TypedChoiceField(
        label="Billed", choices=[(1, "First"), (2, "Second"), (3, "Third")], coerce=int, initial=1
    )
    member_id = forms.CharField(label="Member id", required=False, max_length=60)
    group_number = forms.CharField(label="Group number", required=False, max_length=60)
    plan_name = forms.CharField(label="Plan", required=False, max_length=120)
    relation = forms.ChoiceField(
        label="The patient is the subscriber’s",
        choices=[("self", "Self, the subscriber"), *Coverage.Relation.choices[1:]],
        initial=Coverage.Relation.SELF,
    )
    subscriber_name = forms.CharField(
        label="Subscriber", required=False, max_length=160, help_text="Where it is somebody else."
    )
    subscriber_birth_date = forms.DateField(
        label="Subscriber’s birth date", required=False, help_text="Payers find the plan by it."
    )
    starts_on = forms.DateField(label="First day", required=False)
    ends_on = forms.DateField(
        label="Last day", required=False, help_text="This day is covered. Empty while the plan runs."
    )
    picks = ("rank", "relation")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(
            Row(Column("payer"), Column("payer_name"), css_class="mb-4"),
            "rank",
            Row(Column("member_id"), Column("group_number"), Column("plan_name"), css_class="mb-4"),
            "relation",
            Row(Column("subscriber_name"), Column("subscriber_birth_date"), css_class="mb-4"),
            Row(Column("starts_on"), Column("ends_on")),
        )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if not said.get("payer") and not said.get("payer_name"):
            self.add_error("payer", "Choose the payer, or write its name.")
        return said


class EndForm(CalmForm, forms.Form):
    ends_on = forms.DateField(label="Last day covered", help_text="This day still counts.")


class ErrorForm(CalmForm, forms.Form):
    reason = forms.CharField(label="What was wrong with it?", max_length=300)
    required_sentences: ClassVar[dict[str, str]] = {"reason": "Write what was wrong with it."}


class AuthorizationForm(CalmForm, forms.Form):
    """What the payer approved beforehand."""

    required_sentences: ClassVar[dict[str, str]] = {
        "number": "Write the number that the payer gave.",
        "infusions": "Write how many infusions are approved.",
        "coverage": "Choose the plan that pays.",
        "starts_on": "Write from when the approval holds.",
        "ends_on": "Write the last day of the approval.",
    }
    coverage = forms.ModelChoiceField(label="Plan", queryset=Coverage.objects.none(), empty_label="Choose the plan")
    number = forms.CharField(label="Authorization number", max_length=40)
    codes = forms.CharField(label="Codes", max_length=60, initial="96365", help_text="With a space between them.")
    infusions = forms.IntegerField(label="Infusions approved", min_value=1, max_value=99)
    starts_on = forms.DateField(label="First day")
    ends_on = forms.DateField(label="Last day", help_text="This day is included.")
    note = forms.CharField(label="Note", required=False, max_length=300)
    criteria = forms.CharField(
        label="What the payer asked for",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="It is kept as you write it. Left empty, what is on the payer’s page today is kept.",
    )

    def __init__(self, *args: Any, patient: Patient, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["coverage"]
        assert isinstance(choice, forms.ModelChoiceField)
        plans = Coverage.objects.filter(patient=patient, entered_in_error_at__isnull=True).select_related("payer")
        choice.queryset = plans.order_by("rank", "-starts_on")
        self.helper.layout = Layout(
            "coverage",
            Row(Column("number"), Column("codes"), css_class="mb-4"),
            Row(Column("infusions"), Column("starts_on"), Column("ends_on"), css_class="mb-4"),
            "note",
            "criteria",
        )


class SelfPayForm(CalmForm, forms.Form):
    reason = forms.CharField(label="Why does the patient pay?", max_length=200)
    service_on = forms.DateField(
        label="First visit that is paid so",
        required=False,
        help_text="It decides by when the estimate is due. Empty: as for a question about cost, in 3 business days.",
    )
    required_sentences: ClassVar[dict[str, str]] = {"reason": "Write in a few words why the patient pays."}


class EndSelfPayForm(CalmForm, forms.Form):
    until = forms.DateField(label="Last day the patient pays")


def verifiers(site: Site | Given) -> QuerySet[User]:
    """Who may verify benefits at the site, by name."""
    return User.objects.filter(
        is_active=True, memberships__site=site, memberships__role__in=GRANTS[Action.VERIFY_BENEFITS]
    ).distinct()


class HandOverForm(CalmForm, forms.Form):
    to = forms.ModelChoiceField(label="Give to", queryset=User.objects.none(), empty_label="Choose a colleague")
    required_sentences: ClassVar[dict[str, str]] = {"to": "Choose who takes it."}

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["to"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = verifiers(site)
        choice.widget.attrs["class"] = "form-select"


class GiveForm(CalmForm, forms.Form):
    """Who takes the ticked checks."""

    to = forms.ModelChoiceField(queryset=User.objects.none())

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["to"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = verifiers(site)


class PayerForm(CalmForm, forms.Form):
    """A payer's name and numbers."""

    units: ClassVar[dict[str, str]] = {"timely_filing_days": "days"}
    required_sentences: ClassVar[dict[str, str]] = {"name": "Write the payer’s name as it stands on the card."}
    name = forms.CharField(label="Name", max_length=120)
    payer_id = forms.CharField(
        label="Electronic payer id", required=False, max_length=40, help_text="As the clearing house knows it."
    )
    phone = forms.CharField(label="Phone", required=False, max_length=30)
    timely_filing_days = forms.IntegerField(label="Claims are due within", required=False)
    claims_address = forms.CharField(label="Address for claims on paper", required=False, max_length=300)
    is_active = forms.BooleanField(label="We use it", required=False, initial=True)

    @classmethod
    def of(cls, payer: Payer | None, data: Any = None) -> PayerForm:
        return cls(data, initial={name: getattr(payer, name) for name in cls.base_fields} if payer else None)


class AcceptedForm(CalmForm, forms.Form):
    """Whether the site takes a payer's plans."""

    picks = ("standing",)
    payer = forms.ModelChoiceField(
        label="Payer", queryset=Payer.objects.filter(is_active=True), empty_label="Choose the payer"
    )
    plan_name = forms.CharField(
        label="Plan", required=False, max_length=120, help_text="Empty: every plan of this payer."
    )
    standing = forms.ChoiceField(label="Do we take it?", choices=AcceptedPlan.Standing.choices)
    note = forms.CharField(label="Note", required=False, max_length=200)
    required_sentences: ClassVar[dict[str, str]] = {
        "payer": "Choose the payer.",
        "standing": "Choose in network, accepted or not accepted.",
    }


class PaperForm(CalmForm, forms.Form):
    title = forms.CharField(label="What is it?", max_length=120, help_text="Like “Approval letter, 3 Feb”.")
    paper = forms.FileField(label="PDF or photo", help_text="Up to 5 MB.")
    required_sentences: ClassVar[dict[str, str]] = {"title": "Say what it is.", "paper": "Choose a file."}


class ToldForm(CalmForm, forms.Form):
    note = forms.CharField(label="What was said and agreed?", max_length=300)
    required_sentences: ClassVar[dict[str, str]] = {"note": "Write what was said."}


class OpenForm(CalmForm, forms.Form):
    """Which leg of which plan to check, by when."""

    picks = ("leg",)
    leg = forms.ChoiceField(label="Which part?", choices=Verification.Leg.choices, initial=Verification.Leg.MEDICAL)
    coverage = forms.ModelChoiceField(label="Plan", queryset=Coverage.objects.none(), required=False)
    due_on = forms.DateField(label="Needed by", required=False)

    def __init__(self, *args: Any, patient: Patient, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["coverage"]
        assert isinstance(choice, forms.ModelChoiceField)
        plans = Coverage.objects.filter(patient=patient, entered_in_error_at__isnull=True).select_related("payer")
        choice.queryset = plans.order_by("rank", "-starts_on")
        choice.empty_label = "The plan in force today"


def _asked(label: str, help_text: str = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, help_text=help_text)


class PayerProfileForm(CalmForm, forms.Form):
    """What a payer asks before it pays; 0 where it asks nothing."""

    units: ClassVar[dict[str, str]] = {"weeks": "weeks", "within_years": "years"}
    required_sentences: ClassVar[dict[str, str]] = {"policy": "Write which policy says so, and the day you read it."}

    trials = _asked("Adequate failed trials", "0 where it asks for none.")
    weeks = _asked("Each at an adequate dose for")
    classes = _asked("Different classes")
    within_years = _asked("Not longer ago than", "0 where it does not matter.")
    augmentations = _asked("Augmentations", "Counted by themselves; 0 lets them count as trials.")
    psychotherapies = _asked("Psychotherapies")
    phq9 = _asked("PHQ-9 of at least", "0 where it asks for no score.")
    note = forms.CharField(label="What else it asks", required=False, help_text="Like MADRS of 28 or more.")
    policy = forms.CharField(label="Policy, and the day it was read", help_text="Like medical policy 087, 3 Mar 2026.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        short = [name for name in self.fields if name not in {"note", "policy"}]
        columns = [Column(name, css_class="col-sm-6") for name in short]
        wide = [Column(name, css_class="col-12") for name in ("note", "policy")]
        self.helper.layout = Layout(Row(*columns, *wide, css_class="row gx-4 gy-3"))

    @classmethod
    def of(cls, payer: Payer, data: Any = None) -> PayerProfileForm:
        profile = getattr(payer, "profile", None) or PayerProfile(payer=payer)
        return cls(data, initial={name: getattr(profile, name) for name in cls.base_fields})
