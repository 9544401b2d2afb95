"""What can be done with every follow-up of a leader's list, all at once."""

from django import forms
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.masking import Shown as Seen
from jobs.bulk.lists import Action, List, Shown, declare
from staff.at_once import most_at_once
from staff.leading import led_by
from staff.models import Posting, User
from staff.rights import RIGHTS
from work import arranging, merging, taking_back
from work.forms import ManyForm, MomentField
from work.models import FollowUp
from work.models.follow_ups import DO, LEAD


class GiveForm(ManyForm):
    owner = forms.ModelChoiceField(
        User.objects.none(), label=_("To whom"), required=False, empty_label=_("Everybody of the unit")
    )
    reason = forms.CharField(label=_("Why"), max_length=200)

    def choose(self, user):
        posted = Posting.objects.on(timezone.localdate()).filter(role__in=RIGHTS[DO])
        able = User.objects.filter(Q(led_by(user, LEAD)), is_active=True, pk__in=posted.values("user"))
        self.fields["owner"].queryset = able.order_by("name", "pk")


class TimeForm(ManyForm):
    due_at = MomentField(label=_("New time"))
    reason = forms.CharField(label=_("Why"), max_length=200, required=False)


def give(one, by, told):
    before = taking_back.before(one)
    arranging.hand_over(one, told["owner"], by=by, reason=told["reason"])
    return before


def reschedule(one, by, told):
    before = taking_back.times_before(one)
    arranging.reschedule(one, told["due_at"], by=by, version=one.version, reason=told["reason"])
    return before


def arranges(rows, user):
    return rows.arranged_by(user)


ACTIONS = [
    Action("give", _("Hand over"), "h", GiveForm, give, taking_back.owner, arranges),
    Action("time", _("Move to another time"), "m", TimeForm, reschedule, taking_back.times, arranges),
]


def hold(pk):
    """With the parts of its call, in the order in which everybody locks them."""
    one = FollowUp.objects.get(pk=pk)
    merging.lock_call(one)
    return one


def shown(rows, user):
    found = rows.select_related("customer__branch", "customer__unit")
    return {
        one.pk: Shown(str(one), Seen(one.customer, user).title, reverse("follow-up", args=[one.pk])) for one in found
    }


declare(
    List(
        name="follow-ups",
        right=LEAD,
        reached=lambda user: FollowUp.objects.visible_to(user).of_leaders_list(user),
        hold=hold,
        edition="version",
        shown=shown,
        most=most_at_once,
        actions=ACTIONS,
    )
)
