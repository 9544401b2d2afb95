"""Rules of the API's addresses of suggestions and of what customers answered."""

from tests.leaks.api_rules import ApiRule, Code
from tests.leaks.complaint_call_rules import ACCEPT, DECIDE, SEES, VIEW, decision


def suggested(world):
    return {"topic": Code(world.topic), "text": "x", "channel": "web", "customer": world.customer}


API_RULES = {
    "api-suggestions": {
        "GET": ApiRule(SEES, query=lambda w: {"customer": w.customer}),
        "POST": ApiRule(ACCEPT, body=suggested, inside=True, ok=201),
    },
    "api-suggestion": {"GET": ApiRule(SEES, row="suggestion", shows=lambda w: w.suggestion.text)},
    "api-suggestion-decide": {"POST": ApiRule(DECIDE, row="suggestion", body=decision)},
    "api-callback-answers": {"GET": ApiRule(VIEW, query=lambda w: {"complaint": w.complaint})},
}
