"""Static files under names that change with their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):
    """Imports between our own JavaScript modules follow the new names too."""

    support_js_module_import_aggregation = True
    _js_module_import_aggregation_patterns = (
        "js/*.js",  # Django's pattern takes every file; libraries name modules in ways of their own
        CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1],
    )
