"""The API's addresses of complaints: accepted and read."""

from tests.leaks.api_rules import ApiRule, Code

ACCEPT, VIEW = "complaints.accept", "complaints.view"


def said(world):
    told = {"customer": world.customer, "line": world.line, "person": world.owner}
    return told | {"category": Code(world.category), "channel": "app", "words": "慢"}


def narrowed(world):
    return {"customer": world.customer, "owner": world.owner, "category": world.category.code}


API_RULES = {
    "api-complaint-classes": {"GET": ApiRule()},
    "api-complaint-causes": {"GET": ApiRule()},
    "api-suggestion-topics": {"GET": ApiRule()},
    "api-complaints": {
        "GET": ApiRule(VIEW, query=narrowed),
        "POST": ApiRule(ACCEPT, body=said, ok=201, inside=True),
    },
    "api-complaint": {"GET": ApiRule(VIEW, row="complaint", shows=lambda w: w.complaint.words)},
}
