from django.urls import path

from complaints.api import acts, appeals, incidents, tasks

urlpatterns = [
    path("complaints/<int:pk>/assign/", acts.Assign.as_view(), name="api-complaint-assign"),
    path("complaints/<int:pk>/hand-over/", acts.HandOver.as_view(), name="api-complaint-hand-over"),
    path("complaints/<int:pk>/contact/", acts.Contact.as_view(), name="api-complaint-contact"),
    path("complaints/<int:pk>/note/", acts.NoteDown.as_view(), name="api-complaint-note"),
    path("complaints/<int:pk>/wait/", acts.Wait.as_view(), name="api-complaint-wait"),
    path("complaints/<int:pk>/go-on/", acts.GoOn.as_view(), name="api-complaint-go-on"),
    path("complaints/<int:pk>/resolve/", acts.Resolve.as_view(), name="api-complaint-resolve"),
    path("complaints/<int:pk>/withdraw/", acts.Withdraw.as_view(), name="api-complaint-withdraw"),
    path("complaints/<int:pk>/reject/", acts.Reject.as_view(), name="api-complaint-reject"),
    path("complaints/<int:pk>/reopen/", acts.Reopen.as_view(), name="api-complaint-reopen"),
    path("complaints/<int:pk>/tasks/", tasks.TasksOfComplaint.as_view(), name="api-complaint-task-ask"),
    path("complaints/<int:pk>/appeals/", appeals.OpenAppeal.as_view(), name="api-appeal-open"),
    path("complaints/<int:pk>/evidence/", appeals.Evidence.as_view(), name="api-complaint-evidence"),
    path("appeals/", appeals.Appeals.as_view(), name="api-appeals"),
    path("appeals/<int:pk>/", appeals.OneAppeal.as_view(), name="api-appeal"),
    path("appeals/<int:pk>/answer/", appeals.AnswerAppeal.as_view(), name="api-appeal-answer"),
    path("appeals/<int:pk>/settle/", appeals.SettleAppeal.as_view(), name="api-appeal-settle"),
    path("appeals/<int:pk>/close/", appeals.CloseAppeal.as_view(), name="api-appeal-close"),
    path("incidents/", incidents.Incidents.as_view(), name="api-incidents"),
    path("incidents/<int:pk>/", incidents.OneIncident.as_view(), name="api-incident"),
    path("incidents/<int:pk>/tell/", incidents.TellIncident.as_view(), name="api-incident-tell"),
    path("incidents/<int:pk>/end/", incidents.EndIncident.as_view(), name="api-incident-end"),
    path("incidents/<int:pk>/link/", incidents.LinkComplaints.as_view(), name="api-incident-link"),
    path("incidents/<int:pk>/unlink/", incidents.UnlinkComplaint.as_view(), name="api-incident-unlink"),
    path("complaint-tasks/", tasks.SubTasks.as_view(), name="api-complaint-tasks"),
    path("complaint-tasks/<int:pk>/accept/", tasks.AcceptTask.as_view(), name="api-complaint-task-accept"),
    path("complaint-tasks/<int:pk>/done/", tasks.FinishTask.as_view(), name="api-complaint-task-done"),
    path("complaint-tasks/<int:pk>/return/", tasks.ReturnTask.as_view(), name="api-complaint-task-return"),
]
