"""What every page of the back office keeps to: the administrator's own branch, and an audit event for each change."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from audit.models import Event
from audit.trail import record
from staff.models import Unit
from staff.scope import scope_of

RIGHT = "staff.configure"
MOST_EVENTS = 200


class BranchForm(forms.ModelForm):
    """The row belongs to the administrator's branch; `by` and `branch` are set on the class by `Configured`."""

    by = branch = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        columns = {field.name: field for field in self._meta.model._meta.fields}
        if self.instance.pk is None and "branch" in columns:
            self.instance.branch = self.branch
        for name in self.fields.keys() & columns.keys():
            self.fields[name].required = self.fields[name].required and not columns[name].null

    def _get_validation_exclusions(self):
        return super()._get_validation_exclusions() - {"branch"}  # so that "once in a branch" is checked here


class OperationForm(BranchForm):
    """A form that saves through operations of the model: what they refuse is said on the form, and nothing is kept.

    A form of this kind has `operate()`, which does what was asked for and returns the row.
    """

    def _post_clean(self):
        if self.errors:
            return
        try:
            with transaction.atomic():
                self.instance = self.operate()
        except ValidationError as refusal:
            for name, messages in self._by_field(refusal):
                self.add_error(name if name in self.fields else None, messages)
            self.instance.refresh_from_db() if self.instance.pk else None

    def _by_field(self, refusal):
        return refusal.error_dict.items() if hasattr(refusal, "error_dict") else [(None, refusal)]


class InBranch:
    """Rows and choices of the administrator's branch only."""

    branch_lookup = "branch"

    def get_queryset(self, request):
        return super().get_queryset(request).filter(**{f"{self.branch_lookup}__in": branches_of(request.user)})

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        kwargs["queryset"] = self.choices(db_field.related_model, request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def choices(self, model, request):
        if model is Unit:
            return Unit.objects.open_now().in_branches(branches_of(request.user)).order_by("path")
        return model._default_manager.filter(branch__in=branches_of(request.user))

    def has_module_permission(self, request):
        return request.user.has_perm(RIGHT)

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm(RIGHT)

    has_add_permission = has_change_permission = has_view_permission

    def has_delete_permission(self, request, obj=None):
        return False  # rows are closed, withdrawn or renamed: what once was used stays readable


class Configured(InBranch, admin.ModelAdmin):
    """One model of the back office."""

    form = BranchForm
    actions = None
    show_full_result_count = False
    list_per_page = 50

    def get_urls(self):
        return [pattern for pattern in super().get_urls() if pattern.name]  # without the redirect of old bookmarks

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        return type(form.__name__, (form,), {"by": request.user, "branch": request.user.branch})

    def lookup_allowed(self, lookup, value, request=None):
        """Only what the page itself filters by: any other lookup could be asked letter by letter."""
        return any(lookup == name or lookup.startswith(f"{name}__") for name in self.list_filter)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """A row that somebody else made a moment ago is a sentence, not an error page."""
        try:
            with transaction.atomic():
                return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError:
            self.message_user(request, _("This contradicts another row: nothing was saved."), "error")
            return self._response_post_save(request, None)

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        """A row of another branch is answered like one that does not exist."""
        raise Http404

    def log_addition(self, request, obj, message):
        return self._record(request, obj, "added", message)

    def log_change(self, request, obj, message):
        return self._record(request, obj, "changed", message)

    def _record(self, request, obj, what, message):
        """The trail instead of Django's own log, with the names of the fields."""
        return record(obj, f"configuration.{what}", by=request.user, fields=changed_fields(message))

    def history_view(self, request, object_id, extra_context=None):
        obj = self.get_object(request, object_id)
        if obj is None:
            raise Http404
        happened = Event.objects.filter(subject_type=self.opts.label_lower, subject_id=obj.pk).select_related("actor")
        context = {
            **self.admin_site.each_context(request),
            "title": _("History"),
            "events": happened.order_by("-pk")[:MOST_EVENTS],
            "object": obj,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/object_history.html", context)


class Operated(Configured):
    """A model that changes through its operations alone; they write the audit events."""

    def save_model(self, request, obj, form, change):
        """Done by the form."""

    def _record(self, request, obj, what, message):
        """Done by the operations."""


def branches_of(user):
    return scope_of(user, RIGHT).branches


def changed_fields(message):
    return sorted({name for part in message for said in part.values() for name in said.get("fields", ())})
