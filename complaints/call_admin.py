"""Scripts of callbacks and topics of suggestions in the back office."""

from django.contrib import admin

from complaints.models import Script, Topic
from staff.configuration import Configured


@admin.register(Script)
class ScriptAdmin(Configured):
    list_display = ["__str__", "branch"]
    list_select_related = ["branch"]
    fields = ["area", "text", "text_en"]


@admin.register(Topic)
class TopicAdmin(Configured):
    list_display = ["__str__", "code", "unit", "active"]
    list_select_related = ["branch", "unit"]
    fields = ["code", "name", "name_en", "unit", "active"]
