from django.urls import path

from complaints.views import compensations, complaint, files, macros, merging, tasks

urlpatterns = [
    path("<int:pk>/", complaint.complaint, name="complaint"),
    path("<int:pk>/do/<slug:name>/", complaint.act, name="complaint-act"),
    path("<int:pk>/files/<int:file>/", files.of_complaint, name="complaint-file"),
    path("<int:pk>/merge/", merging.merge, name="complaint-merge"),
    path("<int:pk>/macro/<int:macro>/", macros.apply, name="complaint-macro-apply"),
    path("macros/", macros.macro_list, name="complaint-macros"),
    path("macros/new/", macros.new, name="complaint-macro-new"),
    path("macros/<int:pk>/", macros.edit, name="complaint-macro"),
    path("tasks/", tasks.tasks, name="complaint-tasks"),
    path("tasks/<int:pk>/accept/", tasks.accept, name="complaint-task-accept"),
    path("tasks/<int:pk>/done/", tasks.end, {"how": "done"}, name="complaint-task-done"),
    path("tasks/<int:pk>/return/", tasks.end, {"how": "returned"}, name="complaint-task-return"),
    path("tasks/<int:pk>/files/<int:file>/", files.of_task, name="complaint-task-file"),
    path("tasks/<int:pk>/cancel/", tasks.cancel, name="complaint-task-cancel"),
    path("compensations/", compensations.compensations, name="compensations"),
    path("compensations/<int:pk>/approve/", compensations.approve, name="compensation-approve"),
    path("compensations/<int:pk>/refuse/", compensations.refuse, name="compensation-refuse"),
]
