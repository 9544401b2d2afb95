"""A file's way in: taken in, mapped and checked, committed. Each step may be asked for twice and happens once."""

from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from audit.trail import record
from customers.models import Import
from jobs.runs import ask
from staff.models import Unit, User
from staff.scope import holds

from . import recipes
from .known import units_in_reach
from .reading import SAMPLE, Source, encoding_of, separator_of
from .storing import Tidied
from .subjects import Subject, subject, subjects

CHECK, COMMIT = "customers.check_import", "customers.commit_import"
State = Import.State


def subjects_of(person: User) -> list[Subject]:
    """What the person may bring in files of."""
    return [one for one in subjects().values() if holds(person, one.right)]


def take_in(
    file: File, *, by: User, branch: Unit, unit: Unit | None = None, name: str = "", subject: str = "customers"
) -> Import:
    """Keep an uploaded text table about a subject (by name); nothing is brought in yet.

    Raises ValidationError, in plain words, for what is no text table or larger than allowed.
    """
    unit, about = unit or branch, subjects().get(subject)
    if about is None or about not in subjects_of(by):
        raise ValidationError({"subject": _("You may not bring in such files.")})
    if not units_in_reach(by, branch, about.right).filter(pk=unit.pk).exists():
        raise ValidationError({"unit": _("This unit is out of your reach.")})
    head = file.read(SAMPLE)
    file.seek(0)
    encoding = encoding_of(head)
    tidied = Tidied(file, encoding)
    kept = f"imports/{get_random_string(22)}.csv"
    try:
        default_storage.save(kept, File(tidied))
        return _begin(about, kept, tidied.encoding, by=by, branch=branch, unit=unit, name=name or file.name)
    except BaseException:
        default_storage.delete(kept)
        raise


@transaction.atomic
def _begin(about, kept, encoding, *, by, branch, unit, name):
    with default_storage.open(kept) as stored:
        text = stored.read(SAMPLE).decode(encoding, "replace")
        separator = separator_of(text)
        header = Source(stored, encoding, separator).header().cells
    batch = Import.objects.create(
        subject=about.name,
        branch=branch,
        unit=unit,
        by=by,
        file=kept,
        file_name=name[-200:],
        encoding=encoding,
        separator=separator,
        columns=recipes.suggest(about, header, branch),
    )
    record(batch, "import.uploaded", by=by, file=batch.file_name, about=about.name)
    return batch


def source_of(batch: Import) -> Source:
    """The file, opened; the caller closes `.file`. Raises ValidationError when it was deleted after its time."""
    if batch.emptied_at or not default_storage.exists(batch.file.name):
        raise ValidationError(_("The file was deleted after %(days)s days.") % {"days": settings.IMPORT_KEPT_DAYS})
    return Source(default_storage.open(batch.file.name), batch.encoding, batch.separator)


def header_of(batch: Import) -> list:
    source = source_of(batch)
    with source.file:
        return source.header().cells


@transaction.atomic
def read_as(batch: Import, *, by: User, encoding: str, separator: str) -> Import:
    """Read the file in another encoding or with another separator; an earlier check no longer counts."""
    batch = _locked(batch)
    _may_still_change(batch, by)
    with source_of(batch).file as stored:
        header = Source(stored, encoding, separator).header().cells
    batch.encoding, batch.separator = encoding, separator
    batch.columns = recipes.suggest(subject(batch.subject), header, batch.branch)
    batch.checks += 1
    batch.state, batch.counts, batch.check_run = State.UPLOADED, {}, None
    batch.save()
    record(batch, "import.read_as", by=by, encoding=encoding, separator=separator)
    return batch


def _may_still_change(batch, by):
    """Refuses once the commit was begun; gives up a check that is under way."""
    if batch.commit_run_id:
        raise ValidationError(_("This file is being brought in, or was; upload it again to check it again."))
    if batch.check_run and batch.check_run.is_open:
        batch.check_run.cancel(by=by)


@transaction.atomic
def note_download(batch: Import, *, by: User):
    """Personal data left the product: say who took it."""
    record(batch, "import.failed_rows_taken", by=by)


@transaction.atomic
def ask_check(batch: Import, *, by: User, chosen: dict, remember_as: str = ""):
    """Read the whole file and class every row, as a job. `chosen` is {"recipe", "fields", "day"}.

    A check that is under way is given up for this one. Raises ValidationError for a mapping that reads nothing, for a
    file that is being, or was, brought in, and in a branch that lacks what the rows need.
    """
    batch = _locked(batch)
    _may_still_change(batch, by)
    about = subject(batch.subject)
    about.check_branch(batch.branch)
    header = header_of(batch)
    day = chosen.get("day") or timezone.localdate().isoformat()
    if date.fromisoformat(day) > timezone.localdate():
        raise ValidationError({"day": _("The reference day lies in the future.")})
    columns = {"recipe": chosen["recipe"], "fields": chosen["fields"], "day": day}
    recipes.check(about, columns, header)
    name = remember_as or chosen.get("name") or batch.file_name.rsplit(".", 1)[0]
    recipes.remember(about, batch.branch, header, columns, name)
    batch.checks += 1
    batch.columns, batch.counts, batch.state, batch.error = columns, {}, State.CHECKING, ""
    batch.check_run = _run(CHECK, batch, by)
    batch.save()
    record(batch, "import.check_asked", by=by, check=batch.checks)
    return batch


@transaction.atomic
def ask_commit(batch: Import, *, by: User):
    """Bring in the rows that the check found good, as a job; pressed again, it is the same job.

    After a cancel or a failure it goes on with the rows that are left. Raises ValidationError before the check is done.
    """
    batch = _locked(batch)
    if batch.state == State.DONE or (batch.commit_run and batch.commit_run.is_open):
        return batch
    if batch.stands not in (State.CHECKED, State.CANCELLED, State.FAILED) or not batch.counts:
        raise ValidationError(_("The file has not been checked to its end yet."))
    batch.commits += 1
    batch.state, batch.error = State.COMMITTING, ""
    batch.commit_run = _run(COMMIT, batch, by)
    batch.save()
    record(batch, "import.commit_asked", by=by)
    return batch


def _run(job, batch, by):
    turn = batch.checks if job == CHECK else batch.commits
    return ask(job, key=f"{job}:{batch.pk}:{turn}", params={"import": batch.pk, "turn": turn}, by=by,
               branch_id=batch.branch_id)  # fmt: skip


def _locked(batch):
    return Import.objects.select_for_update(of=["self"]).select_related("check_run", "commit_run").get(pk=batch.pk)
