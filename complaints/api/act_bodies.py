"""What requests say that do something with a complaint. `edition`: as the asker saw it; another one is refused."""

from rest_framework import serializers

from complaints.api.bodies import colleagues
from complaints.models import Cause, Note
from complaints.models.states import AnswerWay, Liability
from door.fields import Body, ByCode, Reachable
from staff.models import Unit

WHY = {"max_length": 500}


def departments(user):
    return Unit.objects.visible_to(user).open_now()


class SaidOfComplaint(Body):
    edition = serializers.IntegerField(min_value=1, required=False)


class NewComplaintOwner(SaidOfComplaint):
    """Without an owner it goes by the class."""

    owner = Reachable(colleagues, required=False)


class ComplaintHandOver(SaidOfComplaint):
    owner = Reachable(colleagues)
    reason = serializers.CharField(max_length=300)


class NewComplaintContact(SaidOfComplaint):
    kind = serializers.ChoiceField([kind for kind in Note.Kind.choices if kind[0] != Note.Kind.NOTE])
    way = serializers.ChoiceField(AnswerWay)
    text = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class NewComplaintNote(Body):
    text = serializers.CharField(max_length=2000)


class WaitForCustomer(SaidOfComplaint):
    what = serializers.CharField(max_length=300)
    until = serializers.DateTimeField(required=False)


class ComplaintReason(SaidOfComplaint):
    reason = serializers.CharField(**WHY)


class GoOnWithComplaint(SaidOfComplaint):
    reason = serializers.CharField(required=False, allow_blank=True, **WHY)


class ComplaintResult(SaidOfComplaint):
    """`cause`: the code of a root cause of the branch."""

    cause = ByCode(lambda user: Cause.objects.visible_to(user).filter(branch=user.branch, active=True))
    liability = serializers.ChoiceField(Liability)
    measure = serializers.CharField(max_length=2000)
    answer = serializers.CharField(max_length=2000)
    answered_by = serializers.ChoiceField(AnswerWay)
    loss_stopped = serializers.CharField(required=False, allow_blank=True, **WHY)


class RejectComplaint(ComplaintReason):
    direction = serializers.CharField(max_length=300)
    answered_by = serializers.ChoiceField(AnswerWay)


class ReopenComplaint(ComplaintReason):
    owner = Reachable(colleagues, required=False)


class NewSubTask(SaidOfComplaint):
    unit = Reachable(departments)
    what = serializers.CharField(max_length=500)
    due_at = serializers.DateTimeField()
    coordinator = Reachable(colleagues, required=False)


class TaskResult(Body):
    result = serializers.CharField(max_length=1000)


class TaskReturn(Body):
    reason = serializers.CharField(max_length=1000)
