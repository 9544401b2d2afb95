from django.urls import path

from jobs import api

urlpatterns = [
    path("jobs/", api.Jobs.as_view(), name="api-jobs"),
    path("jobs/<str:name>/", api.OneJob.as_view(), name="api-job"),
    path("runs/", api.Runs.as_view(), name="api-runs"),
    path("runs/<int:pk>/", api.OneRun.as_view(), name="api-run"),
    path("runs/<int:pk>/cancel/", api.CancelRun.as_view(), name="api-run-cancel"),
    path("runs/<int:pk>/retry/", api.RetryRun.as_view(), name="api-run-retry"),
]
