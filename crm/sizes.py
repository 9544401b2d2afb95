"""How large a request may be, asked before anything reads its body: whoever is signed out sends a form and no file."""

from django.conf import settings
from django.urls import reverse

from crm.errors import API, too_large

AROUND = 1_000_000  # bytes of a form around a file


class SizeMiddleware:
    """413 for a body larger than a form; files are taken at the address for imports, from those who may bring them in.

    The API asks for itself, when it knows whose token it is.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not request.path.startswith(API) and int(length) > most(request):
            return too_large(request)
        return self.get_response(request)


def most(request) -> int:
    """Bytes."""
    if request.path == reverse("import-new") and request.user.has_perm("customers.import"):
        return settings.IMPORT_MAX_BYTES + AROUND
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE
