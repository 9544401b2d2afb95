"""What can be done with every complaint that the desk's queue shows, all at once."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from complaints import assigning, handling, moving, reweighing, taking_back
from complaints.acts import leads
from complaints.forms import at_once as forms
from complaints.masked import masked_for
from complaints.models import Complaint
from complaints.models.complaints import LEAD
from jobs.bulk.lists import Action, List, Shown, declare
from staff.at_once import most_at_once


def give(one, by, told):
    """Assigned where nobody was assigned yet, handed over otherwise; whoever gets them hears once of them all."""
    before = taking_back.before(one, taking_back.HAD)
    operate = assigning.assign if one.state in assigning.TO_ASSIGN else assigning.hand_over
    operate(one, told["owner"], by=by, reason=told["reason"], many=told["key"])
    return before | {"many": told["key"]}


def raise_level(one, by, told):
    before = taking_back.before(one, ["level"])
    reweighing.raise_level(one, told["level"], by=by, reason=told["reason"])
    return before


def reclassify(one, by, told):
    before = taking_back.before(one, taking_back.WEIGHED)
    reweighing.reclassify(one, told["category"], by=by, reason=told["reason"])
    return before


def note(one, by, told):
    handling.note(one, by=by, text=told["text"], key=told["key"])


ACTIONS = [
    Action(
        "give", _("Give to one owner"), "a", forms.GiveForm, give, taking_back.owner, leads,
        _("What nobody was assigned to is assigned, the rest is handed over. Undone, it goes back to who had it."),
    ),
    Action("raise", _("Raise the level"), "l", forms.LevelForm, raise_level, taking_back.weight, leads),
    Action("class", _("Set the class"), "c", forms.ClassForm, reclassify, taking_back.weight, leads),
    Action(
        "note", _("Add a note"), "n", forms.ManyNoteForm, note, None, leads,
        _("Notes are never removed: this cannot be undone."),
    ),
]  # fmt: skip


def hold(pk):
    return moving.hold([pk])[pk]


def shown(rows, user):
    found = rows.select_related("customer__branch", "customer__unit", "branch", "owner")
    return {
        one.pk: Shown(one.number, masked_for(user, one).title, reverse("complaint", args=[one.pk])) for one in found
    }


declare(
    List(
        name="complaints",
        right=LEAD,
        reached=Complaint.objects.visible_to,
        hold=hold,
        edition="edition",
        shown=shown,
        most=most_at_once,
        actions=ACTIONS,
    )
)
