"""Units, and who is asking."""

import django_filters as filters
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from door.endpoint import Endpoint
from door.filtering import IdFilter
from door.schema import listed, pages
from door.shapes import Shape, UnitNamed
from staff.models import Unit, User
from staff.rights import RIGHTS, Role


class UnitShape(Shape):
    """Where it stands today."""

    id = serializers.IntegerField()
    parent = serializers.IntegerField(source="parent_id", allow_null=True)
    kind = serializers.ChoiceField(Unit.Kind)
    code = serializers.CharField()
    name = serializers.CharField()
    name_en = serializers.CharField()
    time_zone = serializers.CharField()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)


class UnitFilter(filters.FilterSet):
    parent = IdFilter(field_name="parent_id", label=_("Unit above"))
    kind = filters.ChoiceFilter(label=_("Kind"), choices=Unit.Kind.choices)


class Units(Endpoint):
    scope, filters = "units", UnitFilter

    @extend_schema(operation_id="units_list", summary=_("Units of the branch"), responses=listed(UnitShape))
    @pages
    def get(self, request):
        return self.page(Unit.objects.visible_to(request.user), UnitShape)


class OneUnit(Endpoint):
    scope = "units"

    @extend_schema(operation_id="unit_read", summary=_("One unit"), responses=UnitShape)
    def get(self, request, pk):
        return self.one(UnitShape, get_object_or_404(Unit.objects.visible_to(request.user), pk=pk))


class PostingShape(serializers.Serializer):
    role = serializers.ChoiceField(Role)
    unit = UnitNamed()


class TokenShape(serializers.Serializer):
    prefix = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField())
    expires_at = serializers.DateTimeField()


class MeShape(Shape):
    """Who asks, what they may, and the token they ask with."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    language = serializers.ChoiceField(User._meta.get_field("language").choices)
    postings = PostingShape(many=True, source="postings_on")
    rights = serializers.ListField(child=serializers.CharField(), source="rights_held")
    token = TokenShape(allow_null=True)

    def prepare(self, row, user):
        row.rights_held = sorted(right for right in RIGHTS if row.has_perm(right))
        row.token = self.context["request"].auth


class Me(Endpoint):
    @extend_schema(operation_id="me", summary=_("Who is asking"), responses=MeShape)
    def get(self, request):
        return Response(self.drawn(MeShape, request.user))
