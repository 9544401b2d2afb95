"""Everything there is of a complaint as one file: printable, readable by programs, with its attachments (peers E 7).

The page and the data are made from the same parts; a file that is not on the disk any more is named as missing.
"""

import json
import tempfile
import zipfile
from datetime import datetime

from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from audit.trail import record
from complaints.appeals.parts import parts_of
from complaints.appeals.printing import pdf_of
from complaints.models import Complaint
from staff.models import User

IN_MEMORY = 8 * 1024 * 1024  # bytes; what is larger is written to the disk


@transaction.atomic
def bundle(complaint: Complaint, *, by: User, at: datetime):
    """An open zip file, read from its beginning; leaves an audit event that says who took it."""
    parts = parts_of(complaint)
    made = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  the answer closes it
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as bag:
        missing = [name for name, file in _files(complaint) if not _put(bag, name, file)]
        parts["missing"] = missing
        page = render_to_string("complaints/appeals/evidence.html", {"complaint": complaint, "at": at} | parts)
        bag.writestr("complaint.html", page)
        printed = pdf_of(page)
        said = _("This installation lacks the libraries for PDF; complaint.html says the same and can be printed.")
        bag.writestr("complaint.pdf" if printed else "no-pdf.txt", printed or said)
        data = {"complaint": complaint.number, "made_at": at, "made_by": by.name, "pdf": bool(printed)} | parts
        bag.writestr("complaint.json", json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1))
    record(complaint, "complaint.evidence_taken", by=by, customer=complaint.customer_id, missing=len(missing))
    made.seek(0)
    return made


def _files(complaint):
    """(name in the bag, attachment); numbered, so that two of a name are two files."""
    rows = complaint.attachments.order_by("pk")
    return [(f"attachments/{n:02} {one.name.replace('/', '_')}", one) for n, one in enumerate(rows, start=1)]


def _put(bag, name, attachment):
    if not default_storage.exists(attachment.path):
        return False
    with default_storage.open(attachment.path) as file, bag.open(name, "w") as place:
        for chunk in file.chunks():
            place.write(chunk)
    return True
