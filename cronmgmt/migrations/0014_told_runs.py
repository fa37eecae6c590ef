"""What answers quickly: indexes of the runs that failed or say something, and counts."""

from __future__ import annotations

from django.db import migrations, models

from cronmgmt.migrations import _indexes


class Migration(migrations.Migration):
    dependencies = [("cronmgmt", "0013_bearer_tokens")]

    operations = [
        migrations.RunPython(_indexes.create_told, _indexes.drop_told, atomic=False),
        migrations.CreateModel(
            name="HourCount",
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
                ("begin", models.DateTimeField(unique=True)),
                ("succeeded", models.PositiveBigIntegerField()),
                ("failed", models.PositiveBigIntegerField()),
            ],
            options={
                "ordering": ["begin"],
                "abstract": False,
                "default_permissions": (),
                "base_manager_name": "objects",
            },
        ),
    ]
