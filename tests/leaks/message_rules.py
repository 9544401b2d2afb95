"""Messages to customers."""

from tests.leaks.rule import BAD, OK, Rule, of_customer


def writing_form(world):
    return {"key": "00000000-0000-4000-8000-000000000005", "template": world.template, "text": ""}


def template_form(world):
    texts = {name: "新" for name in ("name", "text_zh", "text_en")} | {"code": "fresh", "purpose": "general"}
    return texts | {"message_class": "service", "channel": "sms", "policy": "at_most_once", "active": "on", "seen": 1}


def halt_form(world):
    return {"channel": "sms", "message_class": "", "template": world.template, "why": "x"}


def consent_form(world):
    return {"purpose": "profiling", "word": "refused", "how": "call", "proof": ""}


def text_of(world):
    return world.message.text


WRITE, CONTROL, TEMPLATES = "outreach.write", "outreach.control", "outreach.templates"


def controls(knocker):
    return knocker.in_branch(CONTROL)


def composes(knocker):
    return knocker.in_branch(TEMPLATES)


RULES = {
    "messages": Rule("outreach.view", query=lambda w: {"template": w.template, "customer": w.customer}, about=True),
    "messages-find": Rule("outreach.view", methods="POST", body=lambda w: {"q": w.message.to}, about=True),
    "message": Rule("outreach.view", row="message", shows=text_of),
    "message-decide": Rule(
        "outreach.decide", row="message", methods="POST", body=lambda w: {"what": "arrived", "note": ""}
    ),
    "customer-panel-messages": of_customer("outreach.view"),
    "customer-consent": of_customer(WRITE, form=consent_form),
    "customer-preference": of_customer(WRITE, form=lambda w: {"version": 0, "email": "a@example.com"}),
    "message-write": of_customer(WRITE, form=writing_form),
    "message-fields": of_customer(WRITE, form=writing_form, methods="POST", ok={"POST": {OK}}),
    "message-preview": of_customer(WRITE, form=writing_form, methods="POST", ok={"POST": {OK}}),
    "inbound": Rule("outreach.view", shows=lambda w: w.inbound.text),
    "inbound-put-to": Rule(
        CONTROL,
        row="inbound",
        methods="POST",
        body=lambda w: {"number": w.customer.number},
        ok={"POST": {BAD}},
        sees=lambda knocker: controls(knocker) and knocker.reaches("outreach.view"),
    ),
    "templates": Rule(TEMPLATES, shows=lambda w: w.template.code),
    "template": Rule(TEMPLATES, row="template", methods="GET POST", body=template_form, sees=composes),
    "template-new": Rule(TEMPLATES, methods="GET POST", body=template_form),
    "template-preview": Rule(TEMPLATES, methods="POST", body=template_form, ok={"POST": {OK}}),
    "halts": Rule(CONTROL, methods="GET POST", body=halt_form),
    "halt-lift": Rule(CONTROL, row="halt", methods="POST", sees=controls),
    "waves": Rule(CONTROL),
    "wave": Rule(CONTROL, row="wave", sees=controls),
    "wave-release": Rule(CONTROL, row="wave", methods="POST", sees=controls),
    "wave-cancel": Rule(CONTROL, row="wave", methods="POST", sees=controls),
}
