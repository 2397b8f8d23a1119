"""Who pays."""

from insurance.models.authorizations import Authorization
from insurance.models.coverages import Coverage, SelfPay
from insurance.models.payers import Payer, PayerProfile
from insurance.models.verifications import PayerContact, Verification

__all__ = [
    "Authorization",
    "Coverage",
    "Payer",
    "PayerContact",
    "PayerProfile",
    "SelfPay",
    "Verification",
]
