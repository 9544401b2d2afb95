"""Configuration of customers, tiers, reasons and plans in the back office; no customer is shown here."""

from datetime import date
from itertools import pairwise

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers import pinyin
from customers.models import Community, ImportMapping, Plan, PlanPrice, Reason, Tier
from staff.configuration import BranchForm, Configured, InBranch
from staff.models import Unit


@admin.register(Tier)
class TierAdmin(Configured):
    list_display = ["name", "code", "mark", "order"]
    fields = ["code", "name", "name_en", "mark", "order"]


class ReasonForm(BranchForm):
    """A tree of at most three levels in which a code begins with its parent's."""

    def clean(self):
        told = super().clean()
        parent, code = told.get("parent"), told.get("code", "")
        if parent and not code.startswith(parent.code):
            raise ValidationError({"code": _("The number begins with that of the reason above.")})
        if parent and self.instance.pk and parent.code.startswith(self.instance.code):
            raise ValidationError({"parent": _("A reason cannot stand under itself.")})
        if parent and parent.parent_id and parent.parent.parent_id:
            raise ValidationError({"parent": _("Reasons have three levels at most.")})
        return told

    def save(self, commit=True):
        self.instance.pinyin, self.instance.initials = pinyin.keys(self.instance.name)
        return super().save(commit)


@admin.register(Reason)
class ReasonAdmin(Configured):
    form = ReasonForm
    list_display = ["code", "name", "name_en", "active"]
    list_filter = ["active"]
    search_fields = ["code", "name"]
    fields = ["parent", "code", "name", "name_en", "active"]


class PriceForm(BranchForm):
    """A price that customers have paid stays as it was: it is ended, and another follows (B08)."""

    def clean(self):
        told = super().clean()
        held = self.instance.pk and self.initial["valid_from"] < timezone.localdate()
        if held and set(self.changed_data) - {"valid_to"}:
            raise ValidationError(_("This price has held already: end it and add another."), code="held")
        return told


class PriceFormSet(forms.BaseInlineFormSet):
    """One price at a date (B08)."""

    def clean(self):
        super().clean()
        told = [form.cleaned_data for form in self.forms if form.is_valid() and form.cleaned_data.get("valid_from")]
        held = sorted((one["valid_from"], one["valid_to"] or date.max) for one in told)
        if any(starts < before_ends for (_from, before_ends), (starts, _to) in pairwise(held)):
            raise ValidationError(_("Two prices hold on one day: end the earlier one first."), code="overlap")


class PriceInline(InBranch, admin.TabularInline):
    model = PlanPrice
    form, formset = PriceForm, PriceFormSet
    branch_lookup = "plan__branch"
    extra = 1


@admin.register(Plan)
class PlanAdmin(Configured):
    list_display = ["name", "code", "kind", "stage"]
    list_filter = ["kind", "stage"]
    search_fields = ["code", "name"]
    ordering = ["code"]
    fields = ["code", "name", "name_en", "kind", "stage"]
    inlines = [PriceInline]


class CommunityForm(BranchForm):
    """With what the division was weighed by (C06)."""

    place = forms.CharField(label=_("Place"), max_length=200)
    administration = forms.CharField(label=_("Administration"), max_length=200)
    people = forms.CharField(label=_("People"), max_length=200)
    traffic = forms.CharField(label=_("Traffic"), max_length=200)
    BASIS = ["place", "administration", "people", "traffic"]

    class Meta:
        model = Community
        fields = ["unit", "setting", "sort", "stands_alone", "households"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self.BASIS:
            self.fields[name].initial = self.instance.basis.get(name, "")

    def clean(self):
        """No unit moves while the profile is judged by where its own stands."""
        told = super().clean()
        unit = told.get("unit") or (self.instance.unit if self.instance.pk else None)
        if unit:
            unit.lock_structure()
        return told

    def save(self, commit=True):
        self.instance.basis = {name: self.cleaned_data[name] for name in self.BASIS}
        return super().save(commit)


@admin.register(Community)
class CommunityAdmin(Configured):
    form = CommunityForm
    branch_lookup = "unit__branch"
    list_display = ["unit", "setting", "sort", "stands_alone", "households"]
    list_filter = ["setting", "sort"]
    list_select_related = ["unit"]
    ordering = ["unit__path"]
    fields = [*CommunityForm.Meta.fields, *CommunityForm.BASIS]

    def choices(self, model, request):
        return super().choices(model, request).filter(kind=Unit.Kind.COMMUNITY)

    def get_readonly_fields(self, request, obj=None):
        return ["unit"] if obj else []


@admin.register(ImportMapping)
class ImportMappingAdmin(Configured):
    """Mappings are remembered by imports; here they are renamed and forgotten."""

    list_display = ["name"]
    ordering = ["name"]
    fields = ["name", "header", "columns"]
    readonly_fields = ["header", "columns"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return request.user.has_perm("staff.configure")  # nothing refers to a mapping
