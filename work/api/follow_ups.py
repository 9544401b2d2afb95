"""Follow-ups through the second door: the operations of the pages."""

from uuid import uuid4

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema

from door.endpoint import Endpoint
from door.once import once
from door.schema import listed, pages
from work import arranging, attempting, owing
from work.api.shapes import (
    FollowUpFilter,
    FollowUpShape,
    NewAttempt,
    NewFollowUp,
    NewNote,
    NewOwner,
    NewTime,
    Reason,
)
from work.models import FollowUp
from work.models.follow_ups import DO, VIEW

SHOWN = ("customer", "unit", "owner", "for_owner")


def seen_by(user):
    return FollowUp.objects.visible_to(user).select_related(*SHOWN).prefetch_related("attempts__by")


class FollowUps(Endpoint):
    scope, filters = "follow_ups", FollowUpFilter
    rights = {"GET": VIEW, "POST": DO}

    @extend_schema(
        operation_id="follow_ups_list", summary=_("Follow-ups, the newest first"), responses=listed(FollowUpShape)
    )
    @pages
    def get(self, request):
        return self.page(seen_by(request.user), FollowUpShape, newest_first=True)

    @extend_schema(
        operation_id="follow_up_make", summary=_("Plan a follow-up"), request=NewFollowUp,
        responses={201: FollowUpShape},
    )  # fmt: skip
    @once
    def post(self, request):
        told = self.said(NewFollowUp)
        made = owing.owe(**told, key=f"api:{uuid4()}", by=request.user, owner=request.user)
        return self.one(FollowUpShape, seen_by(request.user).get(pk=made.pk), status=201, at="api-follow-up")


class OneFollowUp(Endpoint):
    scope, rights = "follow_ups", {"GET": VIEW}

    @extend_schema(operation_id="follow_up_read", summary=_("One follow-up"), responses=FollowUpShape)
    def get(self, request, pk):
        return self.one(FollowUpShape, get_object_or_404(seen_by(request.user), pk=pk))


class Act(Endpoint):
    """One operation on a follow-up that the person may do it to."""

    scope = "follow_ups"

    def done(self, pk, operate, *, arranging=False):
        rows = seen_by(self.request.user)
        rows = rows.arranged_by(self.request.user) if arranging else rows.done_by(self.request.user)
        operate(get_object_or_404(rows, pk=pk))
        return self.one(FollowUpShape, get_object_or_404(seen_by(self.request.user), pk=pk))


class AttemptFollowUp(Act):
    rights = {"POST": DO}

    @extend_schema(
        operation_id="follow_up_attempt", summary=_("Record a try and its answer"), request=NewAttempt,
        responses=FollowUpShape,
    )  # fmt: skip
    @once
    def post(self, request, pk):
        told = self.said(NewAttempt)
        answers = {part["id"]: part["result"] for part in told.pop("parts", [])}
        return self.done(pk, lambda one: attempting.attempt(one, by=request.user, answers=answers, **told))


class NoteFollowUp(Act):
    rights = {"POST": DO}

    @extend_schema(
        operation_id="follow_up_note", summary=_("Note how it goes"), request=NewNote, responses=FollowUpShape
    )
    @once
    def post(self, request, pk):
        told = self.said(NewNote)
        return self.done(pk, lambda one: arranging.note(one, told["note"], by=request.user))


class RescheduleFollowUp(Act):
    rights = {"POST": VIEW}

    @extend_schema(
        operation_id="follow_up_reschedule", summary=_("Move to another time"), request=NewTime,
        responses=FollowUpShape,
    )  # fmt: skip
    @once
    def post(self, request, pk):
        told = self.said(NewTime)
        return self.done(pk, lambda one: arranging.reschedule(one, by=request.user, **told), arranging=True)


class HandOverFollowUp(Act):
    rights = {"POST": VIEW}

    @extend_schema(
        operation_id="follow_up_hand_over", summary=_("Hand over"), request=NewOwner, responses=FollowUpShape
    )
    @once
    def post(self, request, pk):
        told = self.said(NewOwner)
        return self.done(pk, lambda one: arranging.hand_over(one, by=request.user, **told), arranging=True)


class CancelFollowUp(Act):
    rights = {"POST": VIEW}

    @extend_schema(
        operation_id="follow_up_cancel", summary=_("Cancel a follow-up"), request=Reason, responses=FollowUpShape
    )
    @once
    def post(self, request, pk):
        told = self.said(Reason)
        return self.done(pk, lambda one: arranging.cancel(one, by=request.user, **told), arranging=True)
