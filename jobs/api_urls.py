from django.urls import path

from jobs import api
from jobs.bulk import api as bulk

urlpatterns = [
    path("jobs/", api.Jobs.as_view(), name="api-jobs"),
    path("jobs/<str:name>/", api.OneJob.as_view(), name="api-job"),
    path("runs/", api.Runs.as_view(), name="api-runs"),
    path("runs/<int:pk>/", api.OneRun.as_view(), name="api-run"),
    path("runs/<int:pk>/cancel/", api.CancelRun.as_view(), name="api-run-cancel"),
    path("runs/<int:pk>/retry/", api.RetryRun.as_view(), name="api-run-retry"),
    path("bulk/", bulk.Bulks.as_view(), name="api-bulks"),
    path("bulk/<int:pk>/", bulk.OneBulk.as_view(), name="api-bulk"),
    path("bulk/<int:pk>/rows/", bulk.BulkRows.as_view(), name="api-bulk-rows"),
    path("bulk/<int:pk>/results/", bulk.BulkResults.as_view(), name="api-bulk-results"),
    path("bulk/<int:pk>/go/", bulk.GoBulk.as_view(), name="api-bulk-go"),
    path("bulk/<int:pk>/undo/", bulk.UndoBulk.as_view(), name="api-bulk-undo"),
    path("bulk/<int:pk>/cancel/", bulk.CancelBulk.as_view(), name="api-bulk-cancel"),
]
