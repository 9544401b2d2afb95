"""The back office shows configuration only, to those who hold `staff.configure`."""

from functools import update_wrapper

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

RIGHT = "staff.configure"
LEFT_OUT = {"login", "logout", "password_change", "password_change_done", "autocomplete", "view_on_site"}


class ConfigurationSite(admin.AdminSite):
    """Django's admin behind the product's own sign-in; whoever lacks the right gets 403."""

    site_header = site_title = _("Settings")
    index_title = _("What can be set")
    final_catch_all_view = False
    enable_nav_sidebar = False

    def register(self, model_or_iterable, admin_class=None, **options):
        """Only pages that keep to the administrator's branch: what packages bring along stays out."""
        from staff.configuration import Configured

        if admin_class and issubclass(admin_class, Configured):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request):
        return request.user.has_perm(RIGHT)

    def admin_view(self, view, cacheable=False):
        inner = super().admin_view(view, cacheable)

        def guarded(request, *args, **kwargs):
            if not self.has_permission(request):
                raise PermissionDenied
            return inner(request, *args, **kwargs)

        guarded.right = RIGHT
        return require_http_methods(["GET", "HEAD", "POST"])(update_wrapper(guarded, view))

    def get_urls(self):
        """Without the admin's own sign-in, and without the views that look up rows of any model."""
        patterns = [pattern for pattern in super().get_urls() if getattr(pattern, "name", None) not in LEFT_OUT]
        for pattern in patterns:
            for view in getattr(pattern, "url_patterns", [pattern]):
                view.callback.__dict__.pop("login_url", None)
        return patterns


class AdminConfig(DjangoAdminConfig):
    default_site = "crm.admin_site.ConfigurationSite"
