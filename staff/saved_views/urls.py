from django.urls import path

from staff.saved_views import pages

urlpatterns = [
    path("", pages.views, name="saved-views"),
    path("pinned/", pages.pinned, name="views-pinned"),
    path("<int:pk>/edit/", pages.edit, name="view-edit"),
    path("<int:pk>/first/", pages.begin, name="view-first"),
    path("<int:pk>/delete/", pages.delete, name="view-delete"),
    path("<slug:name>/tabs/", pages.tabs, name="view-tabs"),
    path("<slug:name>/save/", pages.save, name="view-save"),
]
