"""The databases or tenants that a run goes over, and how it went for each."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

from cronmgmt.migrations import _indexes


class Migration(migrations.Migration):
    dependencies = [
        ("cronmgmt", "0017_key_makers"),
    ]

    operations = [
        migrations.RunPython(
            migrations.RunPython.noop, _indexes.keep_all, atomic=False
        ),
        migrations.AddField(
            model_name="jobrun",
            name="target",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=200
            ),
        ),
        migrations.RunPython(
            _indexes.keep_all, migrations.RunPython.noop, atomic=False
        ),
        migrations.CreateModel(
            name="TargetResult",
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
                ("target", models.CharField(max_length=200)),
                ("attempt", models.PositiveSmallIntegerField()),
                (
                    "status",
                    models.CharField(
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
                ("started_at", models.DateTimeField()),
                ("duration", models.FloatField()),
                ("items", models.BigIntegerField(null=True)),
                ("error_class", models.CharField(blank=True, max_length=200)),
                ("error_message", models.TextField(blank=True)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="targets",
                        to="cronmgmt.jobrun",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
    ]
