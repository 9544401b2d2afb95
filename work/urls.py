from django.urls import path

from work.views import customer, day, follow_ups, inbox, leading

urlpatterns = [
    path("day/", day.my_day, name="day"),
    path("day/list/", day.fresh_list, name="day-list"),
    path("day/<int:pk>/answer/", day.answer, name="day-answer"),
    path("day/<int:pk>/undo/", day.undo, name="day-undo"),
    path("follow-ups/", leading.follow_ups, name="follow-ups"),
    path("follow-ups/promises/", leading.kept_promises, name="promises"),
    path("follow-ups/<int:pk>/", follow_ups.follow_up, name="follow-up"),
    path("follow-ups/<int:pk>/attempt/", follow_ups.attempt, name="follow-up-attempt"),
    path("follow-ups/<int:pk>/note/", follow_ups.note, name="follow-up-note"),
    path("follow-ups/<int:pk>/move/", follow_ups.reschedule, name="follow-up-move"),
    path("follow-ups/<int:pk>/hand-over/", follow_ups.hand_over, name="follow-up-hand-over"),
    path("follow-ups/<int:pk>/cancel/", follow_ups.cancel, name="follow-up-cancel"),
    path("follow-ups/<int:pk>/take-over/", follow_ups.take_over, name="follow-up-take-over"),
    path("follow-ups/<int:pk>/try-again/", follow_ups.try_again, name="follow-up-try-again"),
    path("customers/<int:pk>/follow-ups/", customer.panel, name="customer-panel-follow-ups"),
    path("customers/<int:pk>/follow-ups/new/", customer.new, name="follow-up-new"),
    path("customers/<int:pk>/follow-ups/merge/", customer.merge, name="follow-up-merge"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/badge/", inbox.badge, name="inbox-badge"),
    path("inbox/read/", inbox.read_all, name="inbox-read-all"),
    path("inbox/<int:pk>/read/", inbox.read, name="notice-read"),
    path("inbox/<int:pk>/seen/", inbox.seen, name="notice-seen"),
]
