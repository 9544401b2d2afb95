"""Files of customers."""

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.leaks.rule import Rule


def upload_form(world):
    file = SimpleUploadedFile("rows.csv", b"number,name\nfresh,x\n")
    return {"subject": "customers", "file": file, "unit": world.north}


def mapping_of(world):
    fields = getattr(world, "import").columns["fields"]
    return {"recipe": "", "day": "", "name": ""} | {f"column{n}": name for n, name in enumerate(fields)}


def of_import(**options):
    return Rule("customers.import", row="import", **options)


RULES = {
    "imports": Rule("customers.import"),
    "import-new": Rule("customers.import", methods="GET POST", body=upload_form),
    "import": of_import(),
    "import-reread": of_import(methods="POST", body=lambda w: {"encoding": "utf-8", "separator": ","}),
    "import-check": of_import(methods="POST", body=mapping_of),
    "import-commit": of_import(methods="POST"),
    "import-cancel": of_import(methods="POST"),
    "import-failed": of_import(noted=True),
}
