from django.urls import path

from jobs.bulk import views

urlpatterns = [
    path("", views.bulks, name="bulks"),
    path("new/<slug:name>/", views.new, name="bulk-new"),
    path("new/<slug:name>/count/", views.button, name="bulk-button"),
    path("<int:pk>/", views.bulk, name="bulk"),
    path("<int:pk>/go/", views.go, name="bulk-go"),
    path("<int:pk>/undo/", views.undo, name="bulk-undo"),
    path("<int:pk>/cancel/", views.cancel, name="bulk-cancel"),
    path("<int:pk>/results/", views.results_file, name="bulk-results"),
]
