"""The right a view asks for."""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied

from staff.rights import RIGHTS
from staff.scope import holds


def may(right: str) -> Callable:
    """Let a view run for those whose posting of today grants `right`; everybody else gets 403.

    The right stays readable as `view.right`. An unknown right is a KeyError when the module is loaded.
    """
    RIGHTS[right]

    def wrap(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not holds(request.user, right):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.right = right
        return guarded

    return wrap
