"""What the API shows of messages, templates and consent: masked exactly as on the pages."""

from rest_framework import serializers

from customers.api.shapes import OfCustomer
from door.shapes import PersonNamed, Shape
from outreach.drafts import variables
from outreach.kinds import Channel, MessageClass, Purpose
from outreach.models import Consent, Message
from outreach.showing import address_of


class MessageShape(OfCustomer):
    """`reason` is a code: why the message stands where it stands; empty where it goes its way."""

    id = serializers.IntegerField()
    customer = serializers.IntegerField(source="customer_id")
    to = serializers.CharField(source="to_shown")
    channel = serializers.ChoiceField(Channel)
    message_class = serializers.ChoiceField(MessageClass)
    template = serializers.CharField(source="template.code", allow_null=True, default=None)
    language = serializers.ChoiceField(Message._meta.get_field("language").choices)
    subject = serializers.CharField(source="subject_shown")
    text = serializers.CharField(source="text_shown")
    state = serializers.ChoiceField(Message.State)
    reason = serializers.CharField()
    attempts = serializers.IntegerField()
    by = PersonNamed(allow_null=True)
    not_before = serializers.DateTimeField(allow_null=True)
    not_after = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    accepted_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)

    def prepare(self, row, user):
        super().prepare(row, user)
        row.to_shown = address_of(row, row.shown, whole=True)
        row.subject_shown, row.text_shown = row.shown.text(row.subject), row.shown.text(row.text)


class TemplateShape(Shape):
    """`variables`: what a message by it has to be given."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField(source="__str__")
    purpose = serializers.CharField()
    message_class = serializers.ChoiceField(MessageClass)
    channel = serializers.ChoiceField(Channel)
    text_zh = serializers.CharField()
    text_en = serializers.CharField()
    subject_zh = serializers.CharField()
    subject_en = serializers.CharField()
    variables = serializers.ListField(child=serializers.CharField())
    active = serializers.BooleanField()
    version = serializers.IntegerField()

    def prepare(self, row, user):
        row.variables = variables(row)


class ConsentShape(OfCustomer):
    """The word of the highest id counts for each purpose."""

    id = serializers.IntegerField()
    customer = serializers.IntegerField(source="customer_id")
    purpose = serializers.ChoiceField(Purpose)
    word = serializers.ChoiceField(Consent.Word)
    how = serializers.ChoiceField(Consent.How)
    proof = serializers.CharField(source="proof_shown")
    by = PersonNamed(allow_null=True)
    at = serializers.DateTimeField()

    def prepare(self, row, user):
        super().prepare(row, user)
        row.proof_shown = row.shown.text(row.proof)
