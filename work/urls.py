from django.urls import path

from work.views import inbox

urlpatterns = [
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/badge/", inbox.badge, name="inbox-badge"),
    path("inbox/read/", inbox.read_all, name="inbox-read-all"),
    path("inbox/<int:pk>/read/", inbox.read, name="notice-read"),
    path("inbox/<int:pk>/seen/", inbox.seen, name="notice-seen"),
]
