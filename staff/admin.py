"""Units, people and their postings in the back office; every change goes through the operations of the models."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from staff import calendar_admin  # noqa: F401  registers its pages
from staff.configuration import Operated, OperationForm, branches_of
from staff.forms import DayInput
from staff.models import Posting, Unit, User


class UnitForm(OperationForm):
    starts = forms.DateField(
        label=_("from"),
        required=False,
        widget=DayInput,
        help_text=_("First day of a new unit, or of its new place. Empty: today."),
    )
    closes = forms.DateField(
        label=_("closed from"), required=False, widget=DayInput, help_text=_("First day on which it is gone.")
    )

    class Meta:
        model = Unit
        fields = ["parent", "kind", "code", "name", "name_en", "time_zone", "work_calendar"]

    def operate(self):
        told = dict(self.cleaned_data)
        starts, closes, parent = told.pop("starts"), told.pop("closes", None), told.pop("parent", None)
        if self.instance.pk is None:
            return Unit.open(parent=parent, on=starts, by=self.by, **told)
        unit = self.instance
        if parent is not None and parent.pk != unit.parent_id:
            unit.move_under(parent, on=starts, by=self.by)
        unit.describe(by=self.by, **told)
        if closes:
            unit.close(on=closes, by=self.by)
        return unit


@admin.register(Unit)
class UnitAdmin(Operated):
    form = UnitForm
    list_display = ["name", "code", "kind", "parent", "valid_from", "valid_to"]
    list_filter = ["kind"]
    list_select_related = ["parent"]
    search_fields = ["name", "code"]
    ordering = ["path"]

    def get_queryset(self, request):
        return admin.ModelAdmin.get_queryset(self, request).in_branches(branches_of(request.user))

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        """A branch is not made here: it begins with its first administrator."""
        if db_field.name == "kind":
            kwargs["choices"] = [choice for choice in Unit.Kind.choices if choice[0] != Unit.Kind.BRANCH]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def get_fields(self, request, obj=None):
        if obj is None:
            return ["parent", "starts", "kind", "code", "name", "name_en", "time_zone", "work_calendar"]
        place = [] if obj.kind == Unit.Kind.BRANCH else ["parent", "starts"]
        return [*place, "kind", "code", "name", "name_en", "time_zone", "work_calendar", *(["closes"] if place else [])]

    def get_readonly_fields(self, request, obj=None):
        return ["kind", "code"] if obj else []

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or obj.valid_to is None)


class PersonForm(OperationForm):
    password = forms.CharField(
        label=_("New password"),
        strip=False,
        required=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=_("Ends every session of the person. At least 10 characters."),
    )

    class Meta:
        model = User
        fields = ["username", "name", "language", "is_active"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"].required = self.instance.pk is None

    def operate(self):
        told = dict(self.cleaned_data)
        password, active = told.pop("password"), told.pop("is_active", True)
        if self.instance.pk is None:
            return User.hire(branch=self.branch, password=password, by=self.by, **told)
        person = User.objects.get(pk=self.instance.pk)
        if password and person == self.by:
            raise ValidationError({"password": _("Change your own password on your profile.")})
        person.describe(by=self.by, **told)
        if password:
            person.change_password(password, by=self.by)
        (person.enable if active else person.disable)(by=self.by)
        return person


@admin.register(User)
class PersonAdmin(Operated):
    form = PersonForm
    list_display = ["username", "name", "language", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["username", "name"]
    ordering = ["username"]

    def get_fields(self, request, obj=None):
        return ["username", "name", "language", *(["is_active"] if obj else []), "password"]

    def get_readonly_fields(self, request, obj=None):
        return ["username"] if obj else []


class PostingForm(OperationForm):
    class Meta:
        model = Posting
        fields = ["user", "role", "unit", "valid_from", "valid_to"]
        widgets = {"valid_from": DayInput, "valid_to": DayInput}

    def operate(self):
        told = self.cleaned_data
        if self.instance.pk is None:
            if told["user"] == self.by:
                raise ValidationError({"user": _("Another administrator posts you.")})
            days = {"starts": told["valid_from"], "ends": told["valid_to"]}
            return told["user"].post(told["role"], told["unit"], by=self.by, **days)
        posting = Posting.objects.get(pk=self.instance.pk)
        if told["valid_to"] != posting.valid_to:
            posting.end(on=told["valid_to"], by=self.by)
        return posting


@admin.register(Posting)
class PostingAdmin(Operated):
    form = PostingForm
    branch_lookup = "user__branch"
    list_display = ["user", "role", "unit", "valid_from", "valid_to"]
    list_filter = ["role"]
    list_select_related = ["user", "unit"]
    search_fields = ["user__name", "user__username"]
    ordering = ["-valid_from", "pk"]

    def get_readonly_fields(self, request, obj=None):
        return ["user", "role", "unit", "valid_from"] if obj else []
