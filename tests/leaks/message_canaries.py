"""Messages to customers."""

from uuid import uuid4

from outreach.models import Consent, ContactPreference, Halt, Inbound, Wave
from tests import make
from tests.leaks.canaries import registry

FACTORIES, of = registry()


@of("outreach.Template")
def template(w):
    texts = {name: w.tell("template") for name in ("code", "name", "name_en", "text_zh", "text_en")}
    return make.template(w.branch, **texts)


@of("outreach.Wave")
def wave(w):
    return Wave.objects.create(branch=w.branch, template=w.template, key=uuid4(), state="held", planned=99, usual=9)


@of("outreach.Message")
def message(w):
    """One in doubt, of which everything has been kept."""
    to, ref = w.hide_number("to"), w.hide("gateway ref")
    texts = {"text": w.hide("message"), "subject": w.hide("subject"), "gateway_ref": ref}
    made = make.message(w.customer, to=to, state="unknown", next_at=None, template=w.template, in_doubt=True, **texts)
    made.made.create(n=1, gateway="sms", outcome="unknown", answer=w.hide("answer"), ended_at=made.created_at)
    made.decisions.create(what="doubted", reason="no_answer", note=w.hide("note"))
    made.reports.create(gateway="sms", gateway_ref=ref, status="pending", raw={"said": w.hide("raw")})
    return made


@of("outreach.Consent")
def consent(w):
    return Consent.objects.create(
        customer=w.customer, purpose="survey", word="given", how="hall", proof=w.hide("proof"), by=w.owner
    )


@of("outreach.ContactPreference")
def contactpreference(w):
    return ContactPreference.objects.create(customer=w.customer, email=f"{w.hide('email')}@example.com")


@of("outreach.Inbound")
def inbound(w):
    came = {"gateway": "sms", "gateway_id": w.hide("gateway id"), "sender": w.hide_number("sender")}
    return Inbound.objects.create(customer=w.customer, text=w.hide("reply"), handled_as="reply", **came)


@of("outreach.Halt")
def halt(w):
    return Halt.objects.create(branch=w.branch, template=w.template, why=w.hide("why"), by=w.owner)


@of("outreach.Rules")
def rules(w):
    return make.rules(w.branch)
