"""The follow-up a request is about; 404 where it does not reach."""

from django.shortcuts import get_object_or_404

from work.models import FollowUp

SHOWN = (
    "customer__tier",
    "customer__branch",
    "unit",
    "owner",
    "for_owner",
    "handled_by",
    "made_by",
    "ended_by",
    "interaction",
)


def follow_up_of(request, pk, narrowed=lambda rows, user: rows):
    rows = FollowUp.objects.visible_to(request.user)
    return get_object_or_404(narrowed(rows, request.user).select_related(*SHOWN), pk=pk)


def workable(request, pk):
    return follow_up_of(request, pk, lambda rows, user: rows.done_by(user))


def arrangeable(request, pk):
    return follow_up_of(request, pk, lambda rows, user: rows.arranged_by(user))
