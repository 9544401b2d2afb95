"""What a complaint or a suggestion may name: the branch's classes, root causes and topics (A24, G02, A31)."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from complaints.models import Category, Cause, Topic
from complaints.models.states import Area, Level, Liability
from door.endpoint import Endpoint
from door.schema import listed, pages
from door.shapes import Coded


class ClassShape(Coded):
    """`finest`: whether a complaint may name it; one that has classes below it only gathers them."""

    parent = serializers.CharField(source="parent.code", allow_null=True, default=None)
    area = serializers.ChoiceField(Area)
    level = serializers.ChoiceField(Level)
    asks_person = serializers.BooleanField()
    asks_place = serializers.BooleanField()
    disputes = serializers.BooleanField()
    active = serializers.BooleanField()
    finest = serializers.BooleanField()


class CauseShape(Coded):
    liability = serializers.ChoiceField(Liability)
    active = serializers.BooleanField()


class TopicShape(Coded):
    active = serializers.BooleanField()


class Classes(Endpoint):
    scope = "complaints"

    @extend_schema(
        operation_id="complaint_classes_list", summary=_("Classes of complaints"), responses=listed(ClassShape)
    )
    @pages
    def get(self, request):
        return self.page(_classes(request.user), ClassShape)


class Causes(Endpoint):
    scope = "complaints"

    @extend_schema(
        operation_id="complaint_causes_list", summary=_("Root causes of complaints"), responses=listed(CauseShape)
    )
    @pages
    def get(self, request):
        return self.page(Cause.objects.visible_to(request.user), CauseShape)


class Topics(Endpoint):
    scope = "suggestions"

    @extend_schema(
        operation_id="suggestion_topics_list", summary=_("Topics of suggestions"), responses=listed(TopicShape)
    )
    @pages
    def get(self, request):
        return self.page(Topic.objects.visible_to(request.user), TopicShape)


def _classes(user):
    return Category.objects.visible_to(user).with_finest().select_related("parent")
