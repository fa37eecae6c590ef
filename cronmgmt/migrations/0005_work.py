"""Work queued by application code: its unique key, and who is told when it ends."""

from __future__ import annotations

from django.db import migrations, models

from cronmgmt.migrations import _indexes


class Migration(migrations.Migration):
    dependencies = [
        ("cronmgmt", "0004_locks"),
    ]

    operations = [
        migrations.RunPython(
            migrations.RunPython.noop, _indexes.keep_all, atomic=False
        ),
        migrations.AddField(
            model_name="jobrun",
            name="notify",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="jobrun",
            name="unique_key",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=200
            ),
        ),
        migrations.RunPython(
            _indexes.keep_all, migrations.RunPython.noop, atomic=False
        ),
    ]
