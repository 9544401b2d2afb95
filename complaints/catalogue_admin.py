"""Classes, causes, rules of dispatch and answer cards in the back office."""

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from complaints.models import AnswerCard, Category, Cause, Duty
from complaints.models.answer_cards import TEXTS
from customers import pinyin
from staff.configuration import BranchForm, Configured


class CategoryForm(BranchForm):
    """A tree of three levels, the first the regulator's, in which a number begins with its parent's."""

    def clean(self):
        told = super().clean()
        parent, code = told.get("parent"), told.get("code") or ""
        if parent and not code.startswith(parent.code):
            raise ValidationError({"code": _("The number begins with that of the class above.")})
        if parent and self.instance.pk and parent.code.startswith(self.instance.code):
            raise ValidationError({"parent": _("A class cannot stand under itself.")})
        if parent and parent.parent_id and parent.parent.parent_id:
            raise ValidationError({"parent": _("Classes have three levels at most.")})
        if parent and told.get("area") != parent.area:
            raise ValidationError({"area": _("The regulator's class is that of the class above.")})
        return told

    def save(self, commit=True):
        spelled, initials = pinyin.keys(self.instance.name, group=True)
        self.instance.pinyin, self.instance.initials = spelled[:200], initials[:60]
        return super().save(commit)


@admin.register(Category)
class CategoryAdmin(Configured):
    form = CategoryForm
    list_display = ["code", "name", "name_en", "area", "level", "active"]
    list_filter = ["area", "active"]
    search_fields = ["code", "name"]
    fields = [
        "parent", "code", "name", "name_en", "area", "level", "unit", "asks_person", "asks_place", "disputes", "active",
    ]  # fmt: skip


@admin.register(Cause)
class CauseAdmin(Configured):
    list_display = ["code", "name", "name_en", "liability", "active"]
    fields = ["code", "name", "name_en", "liability", "active"]


@admin.register(Duty)
class DutyAdmin(Configured):
    list_display = ["order", "category", "from_level", "place", "unit", "active"]
    list_select_related = ["category", "place", "unit"]
    fields = ["order", "category", "from_level", "place", "unit", "active"]


@admin.register(AnswerCard)
class AnswerCardAdmin(Configured):
    """Every change is another version; what a card said before is kept."""

    list_display = ["title", "category", "version", "active"]
    list_select_related = ["category"]
    list_filter = ["active"]
    search_fields = ["title", "text"]
    fields = ["category", *TEXTS, "active"]

    def save_model(self, request, obj, form, change):
        if change:
            obj.version = AnswerCard.objects.select_for_update().get(pk=obj.pk).version + 1
        super().save_model(request, obj, form, change)
        obj.keep_version(by=request.user)
