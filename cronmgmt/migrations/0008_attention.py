"""When a job last failed for good, and when it last missed a time: for its page."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cronmgmt", "0007_access")]

    operations = [
        migrations.AddField(
            model_name="scheduledjob",
            name="last_failure_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="scheduledjob",
            name="last_missed_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
