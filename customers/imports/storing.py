"""An uploaded file on its way to the disk: bounded, free of what is no text, in an encoding whose rows end in LF."""

import codecs

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

CHUNK = 256 * 1024
WIDE = ("utf-16-le", "utf-16-be")


class Tidied:
    """A readable file over another one. UTF-16 becomes UTF-8; everything else stays as it was sent.

    Raises ValidationError while being read when the file is larger than IMPORT_MAX_BYTES or holds NUL bytes.
    """

    def __init__(self, file, encoding):
        self.file, self.size, self.name = file, 0, None
        self.wide = codecs.getincrementaldecoder(encoding)("replace") if encoding in WIDE else None
        self.encoding = "utf-8" if self.wide else encoding
        self.first = True
        self.cr_only = None

    def read(self, size=-1):
        raw = self.file.read(CHUNK if size is None or size < 0 else size)
        return self._tidy(raw) if raw else b""

    def _tidy(self, raw):
        self.size += len(raw)
        if self.size > settings.IMPORT_MAX_BYTES:
            megabytes = settings.IMPORT_MAX_BYTES // 1024**2
            raise ValidationError(_("The file is larger than %(size)s MB. Split it.") % {"size": megabytes})
        if self.wide:
            raw = self.wide.decode(raw).encode()
            raw = raw.removeprefix(codecs.BOM_UTF8) if self.first else raw
        if b"\0" in raw:
            raise ValidationError(_("This is not a text file."))
        if self.cr_only is None:
            self.cr_only = b"\n" not in raw and b"\r" in raw
        self.first = False
        return raw.replace(b"\r", b"\n") if self.cr_only else raw
