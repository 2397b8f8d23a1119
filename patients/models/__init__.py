"""Who: the person, what is known of them, and what they agreed to."""

from patients.models.cards import InsuranceCard
from patients.models.consents import Consent
from patients.models.evaluations import Evaluation, EvaluationAnswer, EvaluationCondition, Reopening
from patients.models.goals import Goal, GoalRating, LifeEvent, Observation
from patients.models.history import Allergy, Coded, Condition, Medication, TreatmentTrial
from patients.models.imports import ImportJob, ImportRow
from patients.models.inquiries import Inquiry
from patients.models.intake import Intake, IntakeRow, IntakeStep
from patients.models.labs import LabResult
from patients.models.links import PatientLink
from patients.models.measure_plan import MeasureDraft, MeasureDue
from patients.models.measures import MeasureResponse
from patients.models.past import PastObservation
from patients.models.people import Contact, ContactConsent, ExternalIdentifier, Patient, PatientPhoto
from patients.models.safety import AlertContact, AlertGrading, SafetyAlert
from patients.models.safety_plans import SafetyPlan

__all__ = [
    "AlertContact",
    "AlertGrading",
    "Allergy",
    "Coded",
    "Condition",
    "Consent",
    "Contact",
    "ContactConsent",
    "Evaluation",
    "EvaluationAnswer",
    "EvaluationCondition",
    "ExternalIdentifier",
    "Goal",
    "GoalRating",
    "ImportJob",
    "ImportRow",
    "Inquiry",
    "InsuranceCard",
    "Intake",
    "IntakeRow",
    "IntakeStep",
    "LabResult",
    "LifeEvent",
    "MeasureDraft",
    "MeasureDue",
    "MeasureResponse",
    "Medication",
    "Observation",
    "PastObservation",
    "Patient",
    "PatientLink",
    "PatientPhoto",
    "Reopening",
    "SafetyAlert",
    "SafetyPlan",
    "TreatmentTrial",
]
