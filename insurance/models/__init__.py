"""Who pays."""

from insurance.models.authorizations import Authorization
from insurance.models.charges import ChargeItem, CodedVisit, CodeRule, CodeTable, Payment
from insurance.models.coverages import Coverage, SelfPay
from insurance.models.estimates import Estimate
from insurance.models.fees import AllowedAmount, Fee, Package
from insurance.models.lapses import Lapse
from insurance.models.papers import InsurancePaper
from insurance.models.payers import AcceptedPlan, Payer, PayerProfile
from insurance.models.verifications import PayerContact, Verification

__all__ = [
    "AcceptedPlan",
    "AllowedAmount",
    "Authorization",
    "ChargeItem",
    "CodeRule",
    "CodeTable",
    "CodedVisit",
    "Coverage",
    "Estimate",
    "Fee",
    "InsurancePaper",
    "Lapse",
    "Package",
    "Payer",
    "PayerContact",
    "PayerProfile",
    "Payment",
    "SelfPay",
    "Verification",
]
