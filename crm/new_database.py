"""A new database gets its tables as the last migration leaves them: to walk through all migrations takes ten times as
long.

They stay the truth: what the tables look like is read from them, they say in which order tables come, they hold what no
model can say (extensions, functions, triggers in SQL of our own), and all of them count as applied. What turned old
rows into new ones finds no rows here and is left out. A test holds a database that walked through all of them against
one made so: nothing differs but the order of columns.
"""

from django.contrib.postgres.operations import CreateExtension
from django.db import connection
from django.db.migrations import CreateModel, RunSQL
from django.db.migrations.executor import MigrationExecutor
from pgtrigger.migrations import AddTrigger


def is_new() -> bool:
    """Whether nobody has made a table in it yet."""
    return not connection.introspection.table_names()


def make():
    """All tables, in one transaction: whatever ends it leaves the database new."""
    executor = MigrationExecutor(connection)
    last = executor.loader.project_state()
    history = executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True)
    models = {key: last.apps.get_model(*key) for key in last.models}
    missing = {key: model for key, model in models.items() if model._meta.can_migrate(connection)}
    with connection.schema_editor() as editor:
        for migration, _backwards in history:
            for operation in migration.operations:
                repeat(operation, migration.app_label, editor, missing)
        for model in missing.values():  # renamed since
            editor.create_model(model)
        for (label, name), state in last.models.items():
            for trigger in state.options.get("triggers", []):
                AddTrigger(name, trigger).database_forwards(label, editor, last, last)
        executor.recorder.ensure_schema()
        applied = executor.recorder.Migration
        applied.objects.bulk_create(applied(app=one.app_label, name=one.name) for one, _backwards in history)


def repeat(operation, label, editor, missing):
    """One operation of the history: a table has at once what later ones add to it."""
    if isinstance(operation, CreateModel):
        if model := missing.pop((label, operation.name_lower), None):
            editor.create_model(model)
    elif isinstance(operation, RunSQL | CreateExtension):
        operation.database_forwards(label, editor, None, None)
