"""The back office shows configuration only, to those who hold `staff.configure`."""

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class ConfigurationSite(admin.AdminSite):
    pass


class AdminConfig(DjangoAdminConfig):
    default_site = "crm.admin_site.ConfigurationSite"
