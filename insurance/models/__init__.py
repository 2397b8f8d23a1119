"""Who pays."""

from insurance.models.authorizations import Authorization
from insurance.models.charges import ChargeItem, CodedVisit, CodeRule, CodeTable, Payment
from insurance.models.coverages import Coverage, SelfPay
from insurance.models.eligibility import AnswerFile, Benefit, EligibilityAnswer, EligibilityInquiry, InquiryFile
from insurance.models.estimates import Estimate
from insurance.models.fees import AllowedAmount, Fee, Package
from insurance.models.lapses import Lapse
from insurance.models.papers import InsurancePaper
from insurance.models.payers import AcceptedPlan, Payer, PayerProfile
from insurance.models.verifications import PayerContact, Verification

__all__ = [
    "AcceptedPlan",
    "AllowedAmount",
    "AnswerFile",
    "Authorization",
    "Benefit",
    "ChargeItem",
    "CodeRule",
    "CodeTable",
    "CodedVisit",
    "Coverage",
    "EligibilityAnswer",
    "EligibilityInquiry",
    "Estimate",
    "Fee",
    "InquiryFile",
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
