"""Which action opens which address of the API, as `clinic.routes` says it of pages. What no line names stays shut.

Verbs ask the policy again, at the record's site; a token has one site, so both ask the same.
"""

from clinic.policy import Action, Door

API: dict[str, Action | Door] = {
    "GET schema/": Door.PUBLIC,  # says what there is, and nothing of anybody
    "GET docs/": Door.PUBLIC,
    # clinic
    "GET sites/": Action.SEE_SCHEDULE,
    "GET sites/{id}/": Action.SEE_SCHEDULE,
    "GET rooms/": Action.SEE_SCHEDULE,
    "GET rooms/{id}/": Action.SEE_SCHEDULE,
    "GET staff/": Action.SEE_SCHEDULE,
    "GET staff/{id}/": Action.SEE_SCHEDULE,
    "GET audit/": Action.SEE_AUDIT,
}
