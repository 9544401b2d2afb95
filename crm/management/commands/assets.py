"""Compiled translations and gathered static files, made anew only when their sources changed."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand

UNUSED = ["redoc", "rest_framework"]  # what libraries bring along for pages that we do not show


class Command(BaseCommand):
    help = "Compile the translations and gather the static files, if anything changed."

    def handle(self, **options):
        call_command("translations", "--compile")
        stamp = Path(settings.STATIC_ROOT) / ".sources"
        now = fingerprint()
        if not stamp.exists() or stamp.read_text() != now:
            left_out = {"ignore_patterns": UNUSED}
            call_command("collectstatic", interactive=False, clear=True, verbosity=0, **left_out)
            stamp.write_text(now)


def fingerprint() -> str:
    """Changes with any name, size or time of a source file."""
    seen = hashlib.sha256()
    for path in sources():
        at = path.stat()
        seen.update(f"{path} {at.st_size} {at.st_mtime_ns}\n".encode())
    return seen.hexdigest()


def sources():
    for finder in get_finders():
        for name, storage in finder.list([]):
            yield Path(storage.path(name))
