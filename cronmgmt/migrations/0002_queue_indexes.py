"""The indexes of the queue, which each database wants otherwise.

PostgreSQL and SQLite index only the rows that wait or are held: a table of a million
finished runs costs the claim nothing. MariaDB and MySQL have no partial indexes.
"""

from __future__ import annotations

from django.db import migrations, router

PARTIAL = {
    "cronmgmt_run_queue": (
        "CREATE INDEX cronmgmt_run_queue ON cronmgmt_jobrun "
        "(queue, priority, available_at, id) WHERE status = 'queued'"
    ),
    "cronmgmt_run_lease": (
        "CREATE INDEX cronmgmt_run_lease ON cronmgmt_jobrun "
        "(lease_expires_at) WHERE lease_expires_at IS NOT NULL"
    ),
}
WHOLE = {
    "cronmgmt_run_queue": (
        "CREATE INDEX cronmgmt_run_queue ON cronmgmt_jobrun "
        "(status, queue, priority, available_at, id)"
    ),
    "cronmgmt_run_lease": (
        "CREATE INDEX cronmgmt_run_lease ON cronmgmt_jobrun (lease_expires_at)"
    ),
}

# The table is small and its rows change often: vacuum by number, not by share.
POSTGRESQL_STORAGE = (
    "ALTER TABLE cronmgmt_jobrun SET (autovacuum_vacuum_scale_factor = 0.02, "
    "autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0)"
)


# Django adds an index for LIKE to every unique text; nobody searches digests by their
# beginning, and every run would pay for it twice.
POSTGRESQL_USELESS = "DROP INDEX IF EXISTS cronmgmt_jobrun_active_key_722995a0_like"


def create(apps, schema_editor):
    if not migrates(schema_editor):
        return
    vendor = schema_editor.connection.vendor
    for statement in (WHOLE if vendor == "mysql" else PARTIAL).values():
        schema_editor.execute(statement)
    if vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_STORAGE)
        schema_editor.execute(POSTGRESQL_USELESS)


def drop(apps, schema_editor):
    if not migrates(schema_editor):
        return
    on_table = (
        " ON cronmgmt_jobrun" if schema_editor.connection.vendor == "mysql" else ""
    )
    for name in PARTIAL:
        schema_editor.execute(f"DROP INDEX {name}{on_table}")


def migrates(schema_editor):
    """Return whether the tables are in this database: a router may say otherwise."""

    return router.allow_migrate(
        schema_editor.connection.alias, "cronmgmt", model_name="jobrun"
    )


class Migration(migrations.Migration):
    dependencies = [("cronmgmt", "0001_initial")]

    # MariaDB and MySQL refuse to change tables inside a transaction. Where a migration
    # is one transaction as a whole, this is part of it all the same.
    operations = [migrations.RunPython(create, drop, atomic=False)]
