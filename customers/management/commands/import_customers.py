"""Bring in a file of customers from the terminal: the same operations as the page."""

import sys
import time
from datetime import date
from functools import partial
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.imports import failed, intake, recipes
from customers.imports.reasons import notes_of
from customers.imports.subjects import subject, subjects
from jobs import claims, runs
from staff.models import Unit, User
from staff.rights import RIGHTS
from staff.scope import scope_of

WORDS = ["rows", "create", "update", "unchanged", "duplicate", "error"]
SOME_FAILED = 2  # exit code


class Command(BaseCommand):
    help = (
        "Bring in a file of customers, or of what --subject names. Rows that fail are written beside it with their"
        " reasons, and the exit code is 2; it is 1 when nothing could be read, 0 when every row was taken."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--subject", choices=subjects(), default="customers", help="what the rows are about")
        parser.add_argument("--mapping", help="name of a mapping that ships or is remembered (default: as suggested)")
        parser.add_argument("--branch", help="code of the branch; needed where there are several")
        parser.add_argument("--unit", help="code of the unit that serves customers without one (default: the branch)")
        parser.add_argument("--by", help="sign-in name of who answers for it (default: a data steward of the branch)")
        parser.add_argument("--day", type=date.fromisoformat, help="day the figures are as of (default: as last time)")
        parser.add_argument("--dry-run", action="store_true", help="check every row and change nothing")

    def handle(self, *, file, dry_run, **options):
        try:
            batch = self.checked(file, **options)
            if not dry_run:
                intake.ask_commit(batch, by=batch.by)
                batch = self.work(batch, "commit_run")
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from None
        self.report(batch, file)

    def checked(self, file, **options):
        """The import of the file, every row classed."""
        branch = the_branch(options["branch"])
        about = subject(options["subject"])
        by = the_person(options["by"], branch, about.right)
        unit = the_unit(options["unit"], branch)
        try:
            with file.open("rb") as raw:
                batch = intake.take_in(File(raw, file.name), by=by, branch=branch, unit=unit, subject=about.name)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from None
        chosen = batch.columns
        if options["mapping"]:
            chosen = recipes.named(about, options["mapping"], intake.header_of(batch), branch)
        day = (options["day"] or "") and options["day"].isoformat()
        chosen = chosen | {"day": day or chosen["day"] or timezone.localdate().isoformat()}
        intake.ask_check(batch, by=by, chosen=chosen)
        return self.work(batch, "check_run")

    def work(self, batch, name):
        """Do the job here, or watch the worker that took it first; the import as it stands at the end."""
        batch.refresh_from_db()
        run = getattr(batch, name)
        while run.is_open:
            mine = claims.claim([run.pk])
            if mine:
                runs.work(mine, stop=partial(self.progress, mine))
            else:
                time.sleep(0.2)
            run.refresh_from_db()
            self.progress(run)
        if sys.stderr.isatty():
            self.stderr.write("")
        if run.state != run.State.DONE:
            raise CommandError(_("The job ended early: %(state)s %(error)s") % {"state": run.state, "error": run.error})
        batch.refresh_from_db()
        return batch

    def progress(self, run):
        if sys.stderr.isatty() and run.total:
            filled = 40 * min(run.done, run.total) // run.total
            self.stderr.write(f"\r[{'#' * filled}{'.' * (40 - filled)}] {run.done:,} / {run.total:,}", ending="")
        return False

    def report(self, batch, file):
        for word in WORDS:
            self.stdout.write(f"{word:>10} {batch.counts.get(word, 0):>10,}")
        for note in notes_of(batch.counts):
            self.stdout.write(str(note))
        if failed.failed_rows(batch).exists():
            path = Path.cwd() / f"{file.stem}.failed.csv"
            path.touch(mode=0o600)
            with path.open("w", encoding="utf-8", newline="") as out:
                out.writelines(failed.lines(batch, settings.LANGUAGE_CODE))
            self.stdout.write(_("Rows that failed, with their reasons: %(path)s") % {"path": path})
            sys.exit(SOME_FAILED)


def the_branch(code):
    branches = Unit.objects.filter(kind=Unit.Kind.BRANCH)
    found = list(branches.filter(code=code) if code else branches)
    if len(found) == 1:
        return found[0]
    known = ", ".join(branches.order_by("pk").values_list("code", flat=True)) or "–"
    raise CommandError(_("Name one branch with --branch: %(codes)s") % {"codes": known})


def the_unit(code, branch):
    if not code:
        return branch
    unit = Unit.objects.filter(branch=branch, code=code).first()
    if unit is None:
        raise CommandError(_("The branch has no unit %(code)s.") % {"code": code})
    return unit


def the_person(username, branch, right):
    """Who answers for the import: they must hold the right in this branch."""
    people = User.objects.filter(is_active=True, branch=branch, postings__role__in=RIGHTS[right]).distinct()
    people = User.objects.filter(username=username) if username else people
    for person in people.order_by("pk"):
        if scope_of(person, right):
            return person
    raise CommandError(_("Nobody in this branch may bring in such files; name somebody who may with --by."))
