"""What is kept of a run that failed: the tables that it is about, and the logs of all processes."""

import json
import shutil
import tempfile
from pathlib import Path

from chaos.setting import query

TABLES = (
    "billing_account", "billing_bill", "billing_payment", "billing_allocation", "billing_dunningcase",
    "billing_casestep", "billing_scenariostep", "billing_reminder", "billing_servicerequest", "customers_line",
    "outreach_message", "outreach_attempt", "jobs_run", "jobs_slot", "jobs_switch", "audit_event", "chaos_mark",
)  # fmt: skip


def keep(servers, seed) -> Path:
    """A folder with a file of lines of JSON for each table; the caller's to throw away."""
    folder = Path(tempfile.mkdtemp(prefix=f"crm-chaos-kept-{seed}-"))
    for table in TABLES:
        rows = query(servers, f"SELECT coalesce(json_agg(t), '[]') FROM {table} t")[0]
        (folder / f"{table}.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    shutil.copytree(servers.postgres.home.log, folder / "log", ignore_dangling_symlinks=True)
    return folder
