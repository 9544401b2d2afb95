"""What is asked before something is done with many complaints at once; see `jobs.bulk.lists.Action`."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from complaints import owners
from complaints.forms.acts import text
from complaints.models import Category
from complaints.models.complaints import HANDLE
from complaints.models.states import Level
from staff.models import Posting, User
from staff.rights import RIGHTS
from staff.scope import postings_of
from work.forms import ManyForm


def handlers(user):
    """Who handles complaints in the branches in which the person works today."""
    homes = {posting.unit.home_id for posting in postings_of(user)}
    here = Q(unit__in=homes) | Q(unit__branch__in=homes)
    posted = Posting.objects.on(user.branch.today()).filter(here, role__in=RIGHTS[HANDLE])
    people = User.objects.select_related("branch")
    return people.filter(pk__in=owners.people_in(posted).values("user")).order_by("name", "pk")


class GiveForm(ManyForm):
    owner = forms.ModelChoiceField(User.objects.none(), label=_("To whom"))
    reason = forms.CharField(label=_("Why"), max_length=300)

    def choose(self, user):
        self.fields["owner"].queryset = handlers(user)


class LevelForm(ManyForm):
    level = forms.TypedChoiceField(label=_("To which level"), coerce=int, choices=Level.choices[1:])
    reason = forms.CharField(label=_("Why"), max_length=300)


class ClassForm(ManyForm):
    category = forms.ModelChoiceField(Category.objects.none(), label=_("Class"))
    reason = forms.CharField(label=_("Why"), max_length=300, required=False)

    def choose(self, user):
        self.fields["category"].queryset = Category.objects.visible_to(user).finest().order_by("code")
        self.fields["category"].label_from_instance = lambda one: f"{one.code} {one}"


class ManyNoteForm(ManyForm):
    text = text(_("Note"))
