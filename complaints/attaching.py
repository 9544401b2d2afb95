"""Files that a customer or a handler gives: what they are is found by looking, and kept under their digest (4.1)."""

import hashlib
import io
import zipfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from audit.trail import record
from complaints.models import Attachment, Complaint
from staff.models import User

FOLDER = "complaints"
MOST, LARGEST = 5, 10 * 1024 * 1024  # files at once; bytes of each
MAGIC = [
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"%PDF-", "application/pdf"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf2", "audio/mpeg"),
    (b"#!AMR", "audio/amr"),
]
OFFICE = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
ACCEPTED = ".png,.jpg,.jpeg,.pdf,.mp3,.wav,.amr,.txt,.docx,.xlsx"


def checked(files: Iterable[File]) -> list[tuple[str, str, bytes]]:
    """(name, media type, content) of each. ValidationError by field "files" for too many, too large or other kinds."""
    files = list(files)
    if len(files) > MOST:
        raise ValidationError({"files": _("At most %(most)s files go with a complaint at once.") % {"most": MOST}})
    return [_checked(file) for file in files]


def _checked(file):
    name = PurePath((file.name or "").replace("\\", "/")).name[-200:]
    if file.size > LARGEST:
        raise ValidationError({"files": _("%(name)s is larger than 10 MB.") % {"name": name}})
    content = file.read()
    kind = kind_of(content)
    if kind is None:
        said = _("%(name)s is none of these: picture, PDF, recording, text, Word or Excel file.") % {"name": name}
        raise ValidationError({"files": said})
    return name, kind, content


def kind_of(content: bytes) -> str | None:
    """The media type by what the file begins with, whatever it is called; None for kinds that are not taken."""
    for magic, kind in MAGIC:
        if content.startswith(magic):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return "audio/wav"
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    return "text/plain" if _is_text(content) else None


def _office(content):
    try:
        inside = set(zipfile.ZipFile(io.BytesIO(content)).namelist())
    except (zipfile.BadZipFile, NotImplementedError):
        return None
    if any(name.endswith("vbaProject.bin") for name in inside):
        return None  # with macros
    return next((kind for part, kind in OFFICE.items() if part in inside), None)


def _is_text(content):
    if not content or b"\0" in content:
        return False
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def attach(complaint: Complaint, found: list[tuple[str, str, bytes]], *, by: User, at: datetime) -> list[Attachment]:
    """Keep the files of `checked` with a complaint that the caller holds; the same file under a name is kept once."""
    made = [_kept(complaint, *one, by=by, at=at) for one in found]
    if names := [one.name for one in made if one]:
        record(complaint, "complaint.attached", by=by, customer=complaint.customer_id, files=len(names))
    return [one for one in made if one]


def _kept(complaint, name, kind, content, *, by, at):
    digest = hashlib.sha256(content).hexdigest()
    if Attachment.objects.filter(complaint=complaint, digest=digest, name=name).exists():
        return None
    path = default_storage.save(f"{FOLDER}/{digest[:2]}/{digest}", File(io.BytesIO(content)))
    return Attachment.objects.create(
        complaint=complaint, name=name, path=path, kind=kind, size=len(content), digest=digest, at=at, by=by
    )
