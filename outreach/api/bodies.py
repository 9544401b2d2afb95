"""What requests about messages may say."""

from django.utils.translation import gettext as _
from rest_framework import serializers

from customers.models import Customer
from door.fields import Body, ByCode, Reachable
from outreach import texts
from outreach.drafts import variables
from outreach.kinds import Channel, Purpose
from outreach.models import Consent, Template

WRITE = "outreach.write"


def written_to(user):
    return Customer.objects.visible_to(user).reached_with(WRITE, user)


def templates(user):
    return Template.objects.visible_to(user).filter(active=True)


class NewMessage(Body):
    """Either a template with its variables, or a text in one's own words."""

    customer = Reachable(written_to)
    template = ByCode(templates, max_length=40, required=False)
    values = serializers.DictField(child=serializers.CharField(max_length=texts.LONGEST_VALUE), required=False)
    text = serializers.CharField(max_length=500, required=False)
    channel = serializers.ChoiceField(Channel, required=False, help_text="Of a text: sms where it is left out.")
    subject = serializers.CharField(max_length=200, required=False, help_text="Of a text by email, which needs one.")

    def validate(self, said):
        if ("template" in said) == ("text" in said):
            raise serializers.ValidationError({"text": _("Send either a template or a text.")})
        if "template" in said and (own := {"channel", "subject"} & said.keys()):
            raise serializers.ValidationError(dict.fromkeys(own, _("The template says this already.")))
        known = variables(said["template"]) if "template" in said else []
        if unknown := sorted(said.get("values", {}).keys() - set(known)):
            told = {"name": unknown[0][:60], "known": ", ".join(known)}
            raise serializers.ValidationError({"values": _("%(name)s is not known here. Known are: %(known)s.") % told})
        return said


class NewConsent(Body):
    purpose = serializers.ChoiceField(Purpose)
    word = serializers.ChoiceField(Consent.Word)
    how = serializers.ChoiceField(Consent.How)
    proof = serializers.CharField(max_length=300, required=False, allow_blank=True)


class Note(Body):
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)
