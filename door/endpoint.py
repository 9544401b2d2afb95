"""What every address of the API keeps to: who asks, what they may, in which language they are answered."""

from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.response import Response
from rest_framework.views import APIView

from door.etags import tagged
from door.filtering import filtered
from door.pages import page_of
from door.problems import TooLarge


class Allowed(BasePermission):
    """The person's right, and, for a token, its scope: a token never exceeds its person."""

    def has_permission(self, request, view):
        if not request.user.is_authenticated:
            return False
        if not hasattr(view, request.method.lower()):
            return True  # answered with 405
        right = view.rights.get("GET" if request.method == "HEAD" else request.method)
        scope = view.scope_of(request.method)
        if request.auth and scope and not request.auth.allows(scope):
            raise exceptions.PermissionDenied(_("This token does not carry the scope %(scope)s.") % {"scope": scope})
        if right and not request.user.has_perm(right):
            raise exceptions.PermissionDenied(_("Your posting does not include it."))
        return True


class Endpoint(APIView):
    """One address. `rights`: method to right; `scope`: the group of the token's scopes, "" for any token."""

    rights: dict[str, str | None] = {}
    scope = ""
    reads = False  # a POST that only reads
    largest = settings.DATA_UPLOAD_MAX_MEMORY_SIZE  # bytes of a body
    filters = None
    permission_classes = [Allowed]
    http_method_names = ["get", "head", "post", "patch"]

    def scope_of(self, method):
        verb = "read" if self.reads or method in SAFE_METHODS else "write"
        return self.scope and f"{self.scope}:{verb}"

    def dispatch(self, request, *args, **kwargs):
        """The answer is written out while the person's language and time zone hold."""
        zone = timezone.get_current_timezone()
        with translation.override(translation.get_language()), timezone.override(zone):
            answer = super().dispatch(request, *args, **kwargs)
            answer.headers["Content-Language"] = translation.get_language()
            patch_vary_headers(answer, ["Accept-Language", "Authorization"])
            answer.headers.setdefault("Cache-Control", "no-store")
            return answer.render() if hasattr(answer, "render") else answer

    def initial(self, request, *args, **kwargs):
        if int(request.META.get("CONTENT_LENGTH") or 0) > self.largest:
            raise TooLarge
        super().initial(request, *args, **kwargs)

    def perform_authentication(self, request):
        """The person's language where the request asks for none, and their time zone."""
        super().perform_authentication(request)
        if request.user.is_authenticated:
            structlog.contextvars.bind_contextvars(user_id=request.user.pk, token_id=request.auth and request.auth.pk)
            timezone.activate(ZoneInfo(request.user.branch.time_zone))
            if not request.headers.get("Accept-Language"):
                translation.activate(request.user.language)

    def drawn(self, shape, row, **options):
        """What the asker sees of the row, or of many."""
        return shape(row, context={"request": self.request}, **options).data

    def page(self, rows, shape, *, newest_first=False):
        """A page of `rows`, narrowed down as the address asks."""
        rows = filtered(self.request, self.filters, rows)
        found, following = page_of(self.request, rows, newest_first=newest_first)
        return Response({"results": self.drawn(shape, found, many=True), "next": following})

    def one(self, shape, row, *, status=200, at=""):
        """One row with its ETag, and where it was made its address."""
        headers = {"Location": reverse(at, args=[row.pk])} if at else {}
        version = getattr(row, "version", None)
        version = version if isinstance(version, int) else None  # of rules or scenarios it is another record
        return tagged(self.request, self.drawn(shape, row), version=version, status=status, headers=headers)

    def said(self, body, **options):
        """The body of the request as the serializer `body` understands it."""
        asked = body(data=self.request.data, context={"request": self.request}, **options)
        asked.is_valid(raise_exception=True)
        return asked.validated_data
