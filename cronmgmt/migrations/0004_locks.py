"""Locks: their slots, who shares them, and runs that are parked until one is free."""

from __future__ import annotations

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

from cronmgmt.migrations import _indexes


class Migration(migrations.Migration):
    dependencies = [
        ("cronmgmt", "0003_policies"),
    ]

    # MariaDB and MySQL refuse to change tables inside a transaction, hence not atomic.
    operations = [
        migrations.RunPython(migrations.RunPython.noop, _indexes.keep, atomic=False),
        migrations.AddField(
            model_name="jobrun",
            name="concurrency",
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name="jobrun",
            name="lock_digest",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=64
            ),
        ),
        migrations.AddField(
            model_name="jobrun",
            name="lock_key",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=100
            ),
        ),
        migrations.AddField(
            model_name="jobrun",
            name="waits_for",
            field=models.CharField(max_length=64, null=True),
        ),
        migrations.AddField(
            model_name="scheduledjob",
            name="concurrency",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="A run starts only while fewer than so many hold the lock: the one named above, or the job's own. Empty: one; without any lock, no limit.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(100),
                ],
            ),
        ),
        migrations.AddField(
            model_name="scheduledjob",
            name="lock_key",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Runs of all jobs that name the same lock share it.",
                max_length=100,
                verbose_name="lock",
            ),
        ),
        migrations.AlterField(
            model_name="jobrun",
            name="status",
            field=models.CharField(
                choices=[
                    ("queued", "queued"),
                    ("waiting", "waiting"),
                    ("claimed", "claimed"),
                    ("running", "running"),
                    ("succeeded", "succeeded"),
                    ("failed", "failed"),
                    ("timed_out", "timed out"),
                    ("lost", "lost"),
                    ("cancelled", "cancelled"),
                    ("skipped", "skipped"),
                    ("missed", "missed"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="scheduledjob",
            name="overlap",
            field=models.CharField(
                choices=[
                    ("skip", "skip while a run of this job is unfinished"),
                    ("wait", "wait until it has ended"),
                    ("allow", "run side by side"),
                    ("replace", "cancel the earlier run and take its place"),
                ],
                default="skip",
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="LockSlot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("key", models.CharField(max_length=64)),
                ("slot", models.PositiveSmallIntegerField()),
                (
                    "run",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="lock_slot",
                        to="cronmgmt.jobrun",
                    ),
                ),
            ],
            options={
                "ordering": ["key", "slot"],
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("key", "slot"), name="cronmgmt_lock_slot_once"
                    )
                ],
            },
        ),
        migrations.RunPython(_indexes.keep, migrations.RunPython.noop, atomic=False),
        migrations.RunPython(
            _indexes.create_parked, _indexes.drop_parked, atomic=False
        ),
    ]
