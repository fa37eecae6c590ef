"""Jobs restricted to groups; records of attempts that say more, and are found sooner."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cronmgmt", "0006_retention"),
    ]

    operations = [
        migrations.CreateModel(
            name="JobAccess",
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
                ("group", models.CharField(max_length=150, verbose_name="group")),
                ("group_key", models.CharField(editable=False, max_length=64)),
                (
                    "may",
                    models.SmallIntegerField(
                        choices=[(1, "see it"), (2, "see it and act on it")],
                        default=2,
                        verbose_name="may",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="access",
                        to="cronmgmt.scheduledjob",
                    ),
                ),
            ],
            options={
                "verbose_name": "restriction to a group",
                "verbose_name_plural": "restricted to groups",
                "ordering": ["group"],
                "abstract": False,
                "default_permissions": (),
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(
                        fields=["group_key", "job"], name="cronmgmt_access_group"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("job", "group_key"), name="cronmgmt_access_once"
                    )
                ],
            },
        ),
        # The database's own defaults let code that does not know them yet go on.
        migrations.AddField(
            model_name="activity",
            name="failed",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="activity",
            name="job_key",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="activity",
            name="unusual",
            field=models.BooleanField(db_default=False, default=False),
        ),
        *(
            migrations.AddIndex(
                model_name="activity", index=models.Index(fields=fields, name=name)
            )
            for fields, name in [
                (["job_key", "-id"], "cronmgmt_activity_key"),
                (["actor", "-id"], "cronmgmt_activity_actor"),
                (["actor", "at"], "cronmgmt_activity_when"),
                (["action", "-id"], "cronmgmt_activity_deed"),
                (["allowed", "-id"], "cronmgmt_activity_verdict"),
            ]
        ),
    ]
