"""What narrows the outbox down. Only ids, codes and days: an address holds no personal data."""

from datetime import datetime, time, timedelta

import django_filters as filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from door.filtering import IdFilter, PageFilter
from outreach.kinds import Channel, MessageClass
from outreach.models import Message, Template
from staff.forms import DayInput


class Ids(filters.BaseInFilter, IdFilter):
    """Several ids with commas between them."""


class MessageFilter(PageFilter):
    """The outbox's form. The templates it offers are those of the person's branches."""

    state = filters.ChoiceFilter(label=_("State"), choices=Message.State.choices)
    message_class = filters.ChoiceFilter(label=pgettext_lazy("message", "Class"), choices=MessageClass.choices)
    channel = filters.ChoiceFilter(label=_("Channel"), choices=Channel.choices)
    template = filters.ChoiceFilter(label=_("Template"), field_name="template_id")
    day = filters.DateFilter(label=_("Day"), method="on_day", widget=DayInput)
    customer = Ids(field_name="customer_id", label=_("Customer"))
    wave = IdFilter(field_name="wave_id", label=_("Set"))

    class Meta:
        model = Message
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offered = Template.objects.visible_to(self.request.user).order_by("code")
        self.filters["template"].extra["choices"] = [(one.pk, str(one)) for one in offered]

    def on_day(self, rows, name, day):
        begin = timezone.make_aware(datetime.combine(day, time.min))
        return rows.filter(created_at__gte=begin, created_at__lt=begin + timedelta(days=1))
