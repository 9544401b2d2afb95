from django.urls import path

from jobs import views

urlpatterns = [
    path("", views.jobs, name="jobs"),
    path("runs/<int:pk>/", views.run, name="run"),
    path("runs/<int:pk>/progress/", views.run_progress, name="run-progress"),
    path("runs/<int:pk>/cancel/", views.cancel, name="run-cancel"),
    path("runs/<int:pk>/retry/", views.retry, name="run-retry"),
    path("<str:name>/", views.job, name="job"),
    path("<str:name>/start/", views.start, name="job-start"),
    path("<str:name>/pause/", views.pause, name="job-pause"),
    path("<str:name>/resume/", views.resume, name="job-resume"),
]
