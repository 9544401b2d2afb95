"""Writing to a customer: by a template with its variables as fields, or in one's own words."""

from uuid import uuid4

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from customers import pinyin
from outreach import addresses, queueing, texts
from outreach.drafts import draft, variables
from outreach.kinds import Channel
from outreach.models import Template

VALUE = "value_"  # before the name of a variable
LABELS = {
    "amount": gettext_lazy("Amount"),
    "answer_by": gettext_lazy("Answer by"),
    "day": gettext_lazy("Day"),
    "due_on": gettext_lazy("Due on"),
    "fee": gettext_lazy("Monthly fee"),
    "occasion": gettext_lazy("Occasion"),
    "place": pgettext_lazy("appointment", "Place"),
    "plan": gettext_lazy("Plan"),
    "service": pgettext_lazy("offer", "Service"),
    "ticket": gettext_lazy("Ticket number"),
    "time": gettext_lazy("Time"),
    "ways": gettext_lazy("Ways to pay"),
}


def writes_mail_to(customer) -> bool:
    """Whether an email can be sent to the customer at all."""
    return bool(settings.GATEWAYS.get(Channel.EMAIL)) and bool(addresses.of([customer], Channel.EMAIL)[customer.pk][0])


class WriteForm(forms.Form):
    """The key is made with the page, so that pressing the button twice makes one message."""

    template = forms.ModelChoiceField(
        Template.objects.none(), label=gettext_lazy("Template"), required=False, empty_label=gettext_lazy("Own words")
    )
    text = forms.CharField(
        label=gettext_lazy("Text"), max_length=500, required=False, widget=forms.Textarea({"rows": 4})
    )
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), choices=Channel.choices)
    subject = forms.CharField(
        label=pgettext_lazy("email", "Subject"), max_length=200,
        error_messages={"required": gettext_lazy("An email needs a subject.")},
    )  # fmt: skip
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    field_order = ("template", "channel", "subject", "text", "key")

    def __init__(self, *args, customer, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.customer, self.user = customer, user
        self.told = self.data if self.is_bound else self.initial
        offered = Template.objects.visible_to(user).filter(branch=customer.branch_id, active=True).order_by("code")
        self.fields["template"].queryset = offered
        self.chosen = self._chosen(offered)
        self._offer_channels()
        if self.chosen:
            self._ask_for_variables()

    def _chosen(self, offered):
        """The template that the person has just picked, whatever else the form says."""
        sent = self.told.get("template", "")
        return offered.filter(pk=sent).first() if sent.isdecimal() and len(sent) < 19 else None

    def _offer_channels(self):
        """Email where there is an address and a gateway; its subject once it is chosen."""
        if self.chosen or not writes_mail_to(self.customer):
            del self.fields["channel"]
        if self._channel() != Channel.EMAIL:
            del self.fields["subject"]

    def _channel(self):
        told = self.told.get("channel") if "channel" in self.fields else ""
        return Channel.EMAIL if told == Channel.EMAIL else Channel.SMS

    def _ask_for_variables(self):
        del self.fields["text"]
        samples = texts.samples(self.chosen.purpose, self.customer.language)
        for name in variables(self.chosen):
            self.fields[VALUE + name] = forms.CharField(
                label=LABELS.get(name, name), max_length=texts.LONGEST_VALUE,
                widget=forms.TextInput({"placeholder": samples[name], "autocomplete": "off"}),
            )  # fmt: skip

    @property
    def offered(self):
        """(template, what finds it beside its name, whether it is chosen)."""
        chosen = self.chosen and self.chosen.pk
        return [(one, " ".join((one.code, *pinyin.keys(one.name))), one.pk == chosen) for one in self._templates()]

    def _templates(self):
        return self.fields["template"].queryset

    def written(self):
        """The fields that make the text."""
        return [field for field in self if field.name not in ("template", "key")]

    def draft(self):
        """What would be sent of what has been typed so far."""
        typed = {name: self.told.get(VALUE + name, "") for name in (variables(self.chosen) if self.chosen else ())}
        free = {"text": self.told.get("text", "")[:500], "subject": self.told.get("subject", "")[:200]}
        return draft(self.customer, self.user, self.chosen, typed, free | {"channel": self._channel()})

    def clean(self):
        told = super().clean()
        if not self.chosen and not told.get("text", "").strip() and "text" not in self.errors:
            raise ValidationError({"text": _("Write something, or choose a template.")})
        return told

    @transaction.atomic
    def send(self):
        """The message in the outbox. ValidationError as in `queueing.queue`."""
        told = self.cleaned_data
        once = {"key": f"written/{self.customer.pk}/{told['key']}", "by": self.user}
        if not self.chosen:
            by_mail = {"channel": self._channel(), "subject": told.get("subject", "")}
            return queueing.queue_free(self.customer, told["text"], **by_mail, **once)
        values = {name: told[VALUE + name] for name in variables(self.chosen)}
        return queueing.queue(self.customer, self.chosen.code, **once, **values)
