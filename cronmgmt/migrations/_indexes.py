"""Indexes that each database wants otherwise, and that Django does not know of.

To add or take a column, SQLite's table is made anew, with the indexes that Django
knows: a migration that does so must make the others again, in both directions.
"""

from __future__ import annotations

from django.db import router

QUEUE = (
    "CREATE INDEX IF NOT EXISTS cronmgmt_run_queue ON cronmgmt_jobrun "
    "(queue, priority, available_at, id) WHERE status = 'queued'"
)
LEASE = (
    "CREATE INDEX IF NOT EXISTS cronmgmt_run_lease ON cronmgmt_jobrun "
    "(lease_expires_at) WHERE lease_expires_at IS NOT NULL"
)
# No status in it, and in MariaDB it does not change while a run is claimed, started
# and finished: runs without a lock pay for it once.
PARKED = (
    "CREATE INDEX cronmgmt_run_parked ON cronmgmt_jobrun "
    "(waits_for, priority, available_at, id)"
)

# What failed, or has something to say: a run that simply succeeds pays nothing.
# MariaDB and MySQL, which would index every run, have none of them.
TOLD = (
    "WHERE NOT (reason = '') OR status = 'failed' OR status = 'timed_out' "
    "OR status = 'lost'"
)
TOLD_BY = {
    "cronmgmt_run_told": "id",
    "cronmgmt_run_told_job": "job_id, id",
    "cronmgmt_run_told_end": "finished_at",
}

# What a strip of a job's latest runs is drawn from, without the rows themselves. A run
# enters it once, when it ends. Only PostgreSQL keeps columns beside an index's own.
STRIP = (
    "CREATE INDEX IF NOT EXISTS cronmgmt_run_strip ON cronmgmt_jobrun "
    "(job_id, id DESC) INCLUDE (status, scheduled_for, created_at, duration) "
    "WHERE finished_at IS NOT NULL"
)


def keep(apps, schema_editor):
    """Make the queue's indexes again where the table was made anew."""
    if is_here(schema_editor) and schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(QUEUE)
        schema_editor.execute(LEASE)


def keep_all(apps, schema_editor):
    """The same, after there are parked runs."""
    keep(apps, schema_editor)
    if is_here(schema_editor) and schema_editor.connection.vendor == "sqlite":
        parked = PARKED.replace("CREATE INDEX", "CREATE INDEX IF NOT EXISTS")
        schema_editor.execute(f"{parked} WHERE waits_for IS NOT NULL")
        create_told(apps, schema_editor)


def create_told(apps, schema_editor):
    if is_here(schema_editor) and schema_editor.connection.vendor != "mysql":
        for name, columns in TOLD_BY.items():
            schema_editor.execute(
                f"CREATE INDEX IF NOT EXISTS {name} ON cronmgmt_jobrun "
                f"({columns}) {TOLD}"
            )


def drop_told(apps, schema_editor):
    if is_here(schema_editor) and schema_editor.connection.vendor != "mysql":
        for name in TOLD_BY:
            schema_editor.execute(f"DROP INDEX IF EXISTS {name}")


def create_strip(apps, schema_editor):
    if is_here(schema_editor) and schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(STRIP)


def drop_strip(apps, schema_editor):
    if is_here(schema_editor) and schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS cronmgmt_run_strip")


def create_parked(apps, schema_editor):
    if not is_here(schema_editor):
        return
    partial = schema_editor.connection.vendor != "mysql"
    where = " WHERE waits_for IS NOT NULL" if partial else ""
    schema_editor.execute(PARKED + where)


def drop_parked(apps, schema_editor):
    if not is_here(schema_editor):
        return
    is_mysql = schema_editor.connection.vendor == "mysql"
    on_table = " ON cronmgmt_jobrun" if is_mysql else ""
    schema_editor.execute(f"DROP INDEX cronmgmt_run_parked{on_table}")


def is_here(schema_editor):
    """Return whether the tables are in this database: a router may say otherwise."""
    alias = schema_editor.connection.alias
    return router.allow_migrate(alias, "cronmgmt", model_name="jobrun")
