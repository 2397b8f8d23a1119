"""Plans, checks of benefits, approvals, estimates, prices and bills."""

from clinic.api.declaring import Collection, Question
from insurance.api import asking, codes, costs, payers, plans

QUESTIONS: tuple[Question, ...] = asking.QUESTIONS
COLLECTIONS: tuple[Collection, ...] = (
    *payers.COLLECTIONS,
    *plans.COLLECTIONS,
    *asking.COLLECTIONS,
    *costs.COLLECTIONS,
    *codes.COLLECTIONS,
)
