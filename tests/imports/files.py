"""Files for the tests of imports, and the way through the product in one call."""

import csv
import io

from django.core.files.base import ContentFile

from customers.imports import intake
from jobs.runs import work_off
from tests import make

HEADER = ["客户编号", "姓名", "证件号码", "联系电话", "等级", "手机号码", "套餐", "入网时间", "月租"]
DAY = "2026-10-01"
PERSON = {
    "客户编号": "K001",
    "姓名": "张伟",
    "证件号码": "990102199001010031",
    "联系电话": "0785-6123456",
    "等级": "普通",
    "手机号码": "18912345678",
    "套餐": "M59",
    "入网时间": "2020-05-01",
    "月租": "59.00",
}


def steward():
    branch = make.branch(name="云岭市分公司")
    make.tier(branch)
    make.tier(branch, code="gold", name="金卡", name_en="Gold", order=2)
    make.plan(branch, code="M59", name="畅享 59")
    make.plan(branch, code="M99", name="畅享 99")
    return make.user("data_steward", branch)


def text(rows, header=HEADER, separator=","):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(header)
    writer.writerows([row.get(name, "") for name in header] if isinstance(row, dict) else row for row in rows)
    return out.getvalue()


def people(count, **fields):
    """Rows of different people, numbered from 1."""
    return [
        PERSON | {"客户编号": f"K{n:03}", "姓名": "张伟", "证件号码": "", "手机号码": f"189{n:08}"} | fields
        for n in range(1, count + 1)
    ]


def upload(content, by, name="客户.csv", subject="customers"):
    raw = content if isinstance(content, bytes) else content.encode()
    return intake.take_in(ContentFile(raw, name=name), by=by, branch=by.branch, subject=subject)


def checked(content, by, subject="customers", **chosen):
    batch = upload(content, by, subject=subject)
    intake.ask_check(batch, by=by, chosen=batch.columns | {"day": DAY} | chosen)
    work_off()
    batch.refresh_from_db()
    assert batch.state == "checked", (batch.state, batch.check_run.error)
    return batch


def brought_in(content, by, subject="customers", **chosen):
    batch = checked(content, by, subject, **chosen)
    intake.ask_commit(batch, by=by)
    work_off()
    batch.refresh_from_db()
    assert batch.state == "done", batch.commit_run.error
    return batch


def outcomes(batch):
    return list(batch.rows.order_by("n").values_list("outcome", flat=True))


def reasons(batch):
    return {row.n: [problem["code"] for problem in row.problems] for row in batch.rows.exclude(problems=[])}
