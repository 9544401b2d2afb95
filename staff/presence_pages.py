"""What a page that is open asks again and again."""

from django.shortcuts import render

from staff import presence


def told(request, record):
    """That the person is there, types or leaves; the answer says who else is. The caller has found the record among
    what they may see.
    """
    where = presence.place(record)
    if request.POST.get("left"):
        presence.leave(where, request.user)
    else:
        presence.arrive(where, request.user, typing=request.POST.get("typing") == "yes")
    others = presence.at([where], request.user)[where]
    return render(request, "staff/_presence.html", {"others": others})
