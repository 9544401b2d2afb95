"""One case for every declared job; what a case is, says `tests.jobs.case`. Each part has a module of its own."""

from tests.jobs import (  # noqa: F401  they add their cases
    bulk_cases,
    complaint_call_cases,
    complaint_cases,
    complaint_clock_cases,
    complaint_set_cases,
    customer_cases,
    dunning_cases,
    import_cases,
    ladder_cases,
    message_cases,
    money_cases,
    promise_cases,
    upkeep_cases,
    work_cases,
)
from tests.jobs.case import CASES

CASES |= ladder_cases.CASES | promise_cases.CASES | complaint_cases.CASES | complaint_clock_cases.CASES
CASES |= bulk_cases.CASES
