"""A person's notices, for the programs that speak for them."""

import django_filters as filters
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from customers.models import Customer
from door.endpoint import Endpoint
from door.once import once
from door.schema import listed, pages
from door.shapes import Shape
from work.models import Notice


class NoticeShape(Shape):
    """In the language of the request. `customer` is null where the customer is out of reach."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    text = serializers.CharField(source="words")
    urgency = serializers.ChoiceField(Notice.Urgency.values)
    customer = serializers.IntegerField(source="reached_customer", allow_null=True)
    created_at = serializers.DateTimeField()
    shows_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)

    def prepare(self, row, user):
        if not hasattr(row, "reached_customer"):
            reach(user, [row])


def reach(user, rows):
    """Hang on each notice its customer's id, or None where the person does not reach them. One query."""
    ids = {row.customer_id for row in rows} - {None}
    reached = set(Customer.objects.visible_to(user).filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
    for row in rows:
        row.reached_customer = row.customer_id if row.customer_id in reached else None


class NoticeFilter(filters.FilterSet):
    unread = filters.BooleanFilter(field_name="read_at", lookup_expr="isnull", label=_("Unread"))


class Notices(Endpoint):
    scope, filters = "notices", NoticeFilter

    @extend_schema(
        operation_id="notices_list", summary=_("Your notices, the newest first"), responses=listed(NoticeShape)
    )
    @pages
    def get(self, request):
        return self.page(Notice.objects.visible_to(request.user), NoticeShape, newest_first=True)

    def drawn(self, shape, row, **options):
        if options.get("many"):
            row = list(row)
            reach(self.request.user, row)
        return super().drawn(shape, row, **options)


class ReadNotice(Endpoint):
    scope = "notices"

    @extend_schema(operation_id="notice_read", summary=_("Mark a notice read"), request=None, responses=NoticeShape)
    @once
    def post(self, request, pk):
        mine = Notice.objects.visible_to(request.user)
        get_object_or_404(mine, pk=pk)
        mine.filter(pk=pk).mark_read()
        return self.one(NoticeShape, mine.get(pk=pk))
