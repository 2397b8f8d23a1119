"""The drug: series, orders, the run, recovery, and the ledger that must add up."""

from infusions.models.adverse import AdverseEvent
from infusions.models.checkins import CheckIn
from infusions.models.decisions import GapDecision, PlanExtension
from infusions.models.devices import Device, DeviceReading
from infusions.models.flowsheet import Phrase, RunEvent, VitalSigns
from infusions.models.gate import ArrivalCheck, GateOverride, PregnancyTest
from infusions.models.infusion import Infusion, StateEvent
from infusions.models.ledger import LedgerEntry, StockCount
from infusions.models.note import FlowsheetPack, InfusionNote, NoteAddendum
from infusions.models.orders import Order
from infusions.models.recovery import AgainstAdvice, Discharge
from infusions.models.relapse import LongTermCheck, RelapseState
from infusions.models.responses import BoosterPlan, ResponseReview
from infusions.models.series import Series
from infusions.models.vials import DrugVial

__all__ = [
    "AdverseEvent",
    "AgainstAdvice",
    "ArrivalCheck",
    "BoosterPlan",
    "CheckIn",
    "Device",
    "DeviceReading",
    "Discharge",
    "DrugVial",
    "FlowsheetPack",
    "GapDecision",
    "GateOverride",
    "Infusion",
    "InfusionNote",
    "LedgerEntry",
    "LongTermCheck",
    "NoteAddendum",
    "Order",
    "Phrase",
    "PlanExtension",
    "PregnancyTest",
    "RelapseState",
    "ResponseReview",
    "RunEvent",
    "Series",
    "StateEvent",
    "StockCount",
    "VitalSigns",
]
