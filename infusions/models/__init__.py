"""The drug: series, orders, the run, recovery, and the ledger that must add up."""

from infusions.models.flowsheet import Phrase, RunEvent, VitalSigns
from infusions.models.gate import ArrivalCheck, GateOverride, PregnancyTest
from infusions.models.infusion import Infusion, StateEvent
from infusions.models.ledger import LedgerEntry
from infusions.models.orders import Order
from infusions.models.recovery import Discharge
from infusions.models.responses import BoosterPlan, ResponseReview
from infusions.models.series import Series
from infusions.models.vials import DrugVial

__all__ = [
    "ArrivalCheck",
    "BoosterPlan",
    "Discharge",
    "DrugVial",
    "GateOverride",
    "Infusion",
    "LedgerEntry",
    "Order",
    "Phrase",
    "PregnancyTest",
    "ResponseReview",
    "RunEvent",
    "Series",
    "StateEvent",
    "VitalSigns",
]
