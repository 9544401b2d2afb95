"""Cases of the jobs that bring in files of customers."""

from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from customers.imports import intake
from customers.models import Customer, Identifier, Import, ImportRow
from jobs import runs
from jobs.models import Run
from tests import make
from tests.jobs.case import case


def uploaded(rows=90):
    """A file with new, known, doubled and wrong rows, taken in by a steward."""
    steward = make.user("data_steward")
    make.tier(steward.branch)
    lines = ["客户编号,客户名称,联系电话"]
    for n in range(rows):
        number = "" if n % 30 == 11 else f"K{n - n % 20:05}" if n % 20 == 3 else f"K{n:05}"
        lines.append(f"{number},客户{n},{'12' if n % 25 == 9 else f'138{n:08}'}")
        if n % 10 == 5:
            known = {"name": f"客户{n}" if n % 20 == 5 else "旧名", "number": f"K{n:05}"}
            make.customer(steward.branch, tier=make.tier(steward.branch), **known)
    content = ContentFile("\n".join(lines).encode(), "customers.csv")
    return intake.take_in(content, by=steward, branch=steward.branch), steward


def in_small_steps(run):
    """Ranges of a dozen rows, so that there are many moments to be killed at."""
    Run.objects.filter(pk=run.pk).update(params=run.params | {"rows": 12})
    run.refresh_from_db()
    return run


def rows_said():
    return list(ImportRow.objects.order_by("batch", "n").values_list("n", "outcome", "problems", "brought_in"))


def customers_brought_in():
    customers = Customer.objects.order_by("number").values_list("number", "name")
    phones = Identifier.objects.order_by("written", "kind").values_list("written", "kind", "customer__number")
    return list(customers), list(phones)


@case("customers.check_import")
def check_import():
    batch, steward = uploaded()

    def ask():
        return in_small_steps(intake.ask_check(batch, by=steward, chosen=batch.columns).check_run)

    return ask, lambda: (rows_said(), Import.objects.get().counts, Import.objects.get().state, customers_brought_in())


@case("customers.commit_import")
def commit_import():
    batch, steward = uploaded()
    intake.ask_check(batch, by=steward, chosen=batch.columns)
    runs.work_off()
    assert {said[1] for said in rows_said()} > {"create", "update", "error"}, "the file shows too little"

    def ask():
        return in_small_steps(intake.ask_commit(batch, by=steward).commit_run)

    return ask, lambda: (rows_said(), Import.objects.get().state, customers_brought_in())


@case("customers.put_away_imports")
def put_away_imports():
    """Two imports whose time is over and one that is young."""
    old = [check_and_age(days) for days in (400, 300, 0)]

    def state():
        emptied = Import.objects.order_by("pk").values_list("emptied_at", flat=True)
        files = [default_storage.exists(batch.file.name) for batch in old]
        return [at is not None for at in emptied], files, rows_said()

    return {}, state


def check_and_age(days):
    batch, steward = uploaded(25)
    intake.ask_check(batch, by=steward, chosen=batch.columns)
    runs.work_off()
    Import.objects.filter(pk=batch.pk).update(at=timezone.now() - timedelta(days=days))
    return batch
