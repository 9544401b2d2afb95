"""Contacts: read, recorded one by one or by the hundred, and followed up."""

from uuid import uuid4

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.response import Response

from customers.api.bodies import ManyInteractions, NewInteraction
from customers.api.narrowing import InteractionFilter
from customers.api.shapes import InteractionShape
from customers.models import Interaction
from customers.visits import RIGHT, record_visit
from door.endpoint import Endpoint
from door.once import once
from door.problems import body_of, known
from door.schema import listed, pages

SHOWN = ("customer", "unit", "by", "first_owner")
RESULT = inline_serializer(
    "InteractionResult",
    {
        "status": serializers.IntegerField(),
        "interaction": InteractionShape(required=False),
        "problem": serializers.DictField(required=False),
    },
    many=True,
)
RESULTS = inline_serializer("InteractionResults", {"results": RESULT})


def seen_by(user):
    rows = Interaction.objects.visible_to(user).select_related(*SHOWN)
    return rows.prefetch_related("items__reason")


class Interactions(Endpoint):
    scope, filters = "interactions", InteractionFilter
    rights = {"GET": "customers.view", "POST": RIGHT}

    @extend_schema(
        operation_id="interactions_list", summary=_("Contacts, the newest first"), responses=listed(InteractionShape)
    )
    @pages
    def get(self, request):
        return self.page(seen_by(request.user), InteractionShape, newest_first=True)

    @extend_schema(
        operation_id="interaction_record", summary=_("Record a contact"), request=NewInteraction,
        responses={201: InteractionShape},
    )  # fmt: skip
    @once
    def post(self, request):
        made = record(self.said(NewInteraction), request.user)
        return self.one(InteractionShape, made, status=201, at="api-interaction")


def record(said, user):
    return record_visit(**said, by=user, key=uuid4())


class OneInteraction(Endpoint):
    scope, rights = "interactions", {"GET": "customers.view"}

    @extend_schema(operation_id="interaction_read", summary=_("One contact"), responses=InteractionShape)
    def get(self, request, pk):
        return self.one(InteractionShape, get_object_or_404(seen_by(request.user), pk=pk))


class FollowedUp(Endpoint):
    scope, rights = "interactions", {"POST": RIGHT}

    @extend_schema(
        operation_id="interaction_followed_up", summary=_("The follow-up is done"), request=None,
        responses=InteractionShape,
    )  # fmt: skip
    @once
    def post(self, request, pk):
        interaction = get_object_or_404(seen_by(request.user).reached_with(RIGHT, request.user), pk=pk)
        interaction.follow_up_is_done(by=request.user)
        return self.one(InteractionShape, get_object_or_404(seen_by(request.user), pk=pk))


class RecordMany(Endpoint):
    scope, rights = "interactions", {"POST": RIGHT}

    @extend_schema(
        operation_id="interactions_record_many",
        summary=_("Record up to 100 contacts"),
        request=inline_serializer(
            "ManyInteractions", {"interactions": NewInteraction(many=True, min_length=1, max_length=100)}
        ),
        responses=RESULTS,
    )
    @once
    def post(self, request):
        """Each contact is checked and kept for itself; the answer has one result for each, in their order."""
        return Response({"results": [self._one(one) for one in self.said(ManyInteractions)["interactions"]]})

    def _one(self, said):
        asked = NewInteraction(data=said, context={"request": self.request})
        try:
            with transaction.atomic():
                asked.is_valid(raise_exception=True)
                made = record(asked.validated_data, self.request.user)
        except Exception as error:
            refusal = known(error)
            if refusal is None:
                raise
            problem = body_of(refusal)
            return {"status": problem["status"], "problem": problem}
        return {"status": 201, "interaction": self.drawn(InteractionShape, made)}
