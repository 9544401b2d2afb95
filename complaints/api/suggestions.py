"""Suggestions and answers of callbacks through the second door: the operations of the pages."""

from uuid import uuid4

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema

from complaints import suggesting
from complaints.api.said import (
    AnswerFilters,
    CallbackAnswerShape,
    NewDecision,
    NewSuggestion,
    SuggestionFilters,
    SuggestionShape,
)
from complaints.models import CallbackAnswer, Suggestion
from complaints.models import complaints as rights
from complaints.models.suggestions import DECIDE, VIEW
from door.endpoint import Endpoint
from door.once import once
from door.schema import listed, pages


def seen_by(user):
    return Suggestion.objects.visible_to(user).select_related("customer", "topic", "unit", "by")


class Suggestions(Endpoint):
    scope, filters = "suggestions", SuggestionFilters
    rights = {"GET": VIEW, "POST": rights.ACCEPT}

    @extend_schema(
        operation_id="suggestions_list", summary=_("Suggestions, the newest first"), responses=listed(SuggestionShape)
    )
    @pages
    def get(self, request):
        return self.page(seen_by(request.user), SuggestionShape, newest_first=True)

    @extend_schema(
        operation_id="suggestion_make", summary=_("Write down a suggestion"), request=NewSuggestion,
        responses={201: SuggestionShape},
    )  # fmt: skip
    @once
    def post(self, request):
        told, by = self.said(NewSuggestion), request.user
        key = f"api:{uuid4()}"
        made = suggesting.suggest(by=by, branch=by.branch, key=key, at=timezone.now(), **told)
        return self.one(SuggestionShape, made, status=201, at="api-suggestion")


class OneSuggestion(Endpoint):
    scope, rights = "suggestions", {"GET": VIEW}

    @extend_schema(operation_id="suggestion_read", summary=_("One suggestion"), responses=SuggestionShape)
    def get(self, request, pk):
        return self.one(SuggestionShape, get_object_or_404(seen_by(request.user), pk=pk))


class DecideSuggestion(Endpoint):
    scope, rights = "suggestions", {"POST": DECIDE}

    @extend_schema(
        operation_id="suggestion_decide", summary=_("Decide about a suggestion and answer it"), request=NewDecision,
        responses=SuggestionShape,
    )  # fmt: skip
    @once
    def post(self, request, pk):
        told = self.said(NewDecision)
        one = get_object_or_404(seen_by(request.user).decided_by_person(request.user), pk=pk)
        return self.one(SuggestionShape, suggesting.decide(one, by=request.user, at=timezone.now(), **told))


class CallbackAnswers(Endpoint):
    scope, filters = "complaints", AnswerFilters
    rights = {"GET": rights.VIEW}

    @extend_schema(
        operation_id="callback_answers_list", summary=_("What customers answered when called back, the newest first"),
        responses=listed(CallbackAnswerShape),
    )  # fmt: skip
    @pages
    def get(self, request):
        rows = CallbackAnswer.objects.visible_to(request.user).select_related("complaint__customer", "by")
        return self.page(rows, CallbackAnswerShape, newest_first=True)
