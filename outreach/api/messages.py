"""Messages: read, put in the outbox, cancelled."""

from uuid import uuid4

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema

from door.endpoint import Endpoint
from door.once import once
from door.schema import listed, pages
from outreach import decisions, queueing
from outreach.api.bodies import WRITE, NewMessage, Note
from outreach.api.shapes import MessageShape
from outreach.filters import MessageFilter
from outreach.models import Message

DECIDE = "outreach.decide"


def seen_by(user):
    return Message.objects.visible_to(user).select_related("customer", "template", "by")


class Messages(Endpoint):
    scope, filters = "messages", MessageFilter
    rights = {"GET": "outreach.view", "POST": WRITE}

    @extend_schema(
        operation_id="messages_list", summary=_("Messages, the newest first"), responses=listed(MessageShape)
    )
    @pages
    def get(self, request):
        return self.page(seen_by(request.user), MessageShape, newest_first=True)

    @extend_schema(
        operation_id="message_write", summary=_("Put a message in the outbox"), request=NewMessage,
        responses={201: MessageShape},
    )  # fmt: skip
    @once
    def post(self, request):
        """It goes when the rules of sending let it; without a number to go to it is `withheld` and says why."""
        made = queued(self.said(NewMessage), request.user)
        return self.one(
            MessageShape, get_object_or_404(seen_by(request.user), pk=made.pk), status=201, at="api-message"
        )


def queued(said, user):
    once_only = {"key": f"api/{uuid4()}", "by": user}
    if "text" in said:
        way = {name: said[name] for name in ("channel", "subject") if name in said}
        return queueing.queue_free(said["customer"], said["text"], **way, **once_only)
    return queueing.queue(said["customer"], said["template"].code, **once_only, **said.get("values", {}))


class OneMessage(Endpoint):
    scope, rights = "messages", {"GET": "outreach.view"}

    @extend_schema(operation_id="message_read", summary=_("One message"), responses=MessageShape)
    def get(self, request, pk):
        return self.one(MessageShape, get_object_or_404(seen_by(request.user), pk=pk))


class CancelMessage(Endpoint):
    scope, rights = "messages", {"POST": DECIDE}

    @extend_schema(operation_id="message_cancel", summary=_("Cancel a message"), request=Note, responses=MessageShape)
    @once
    def post(self, request, pk):
        """Only one that has not been handed to the gateway yet."""
        message = get_object_or_404(seen_by(request.user).reached_with(DECIDE, request.user), pk=pk)
        decisions.cancel(message, by=request.user, note=self.said(Note).get("note", ""))
        return self.one(MessageShape, get_object_or_404(seen_by(request.user), pk=pk))
