"""When a job runs, in the reader's language; English stays as the schedules say it."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from cronmgmt import queries
from cronmgmt.schedules import describe

pytestmark = pytest.mark.django_db


@pytest.fixture
def make_job(make_job):
    def make(expression="", kind="cron", **changes):
        fields = {"schedule_kind": kind, "schedule_expression": expression}
        return make_job(**fields, timezone="Europe/Amsterdam", **changes)

    return make


@pytest.mark.parametrize(
    ("expression", "kind", "spanish"),
    [
        ("* * * * *", "cron", "cada minuto"),
        ("*/5 * * * *", "cron", "cada 5 minutos"),
        ("15 7 * * *", "cron", "todos los días a las 07:15"),
        ("0 8 * * MON", "cron", "a las 08:00 el lunes"),
        ("0 8 * * 1-5", "cron", "a las 08:00 de lunes a viernes"),
        ("0 8 3 * *", "cron", "a las 08:00 el día 3 de cada mes"),
        ("15 7 1,16 * *", "cron", "por la expresión cron 15 7 1,16 * *"),
        ("1h", "interval", "cada hora"),
        ("90s", "interval", "cada 1 minuto 30 segundos"),
        ("2d3h", "interval", "cada 2 días 3 horas"),
        ("2026-08-01 10:00", "once", "una vez el 2026-08-01 10:00"),
        ("", "manual", "solo cuando se lanza"),
    ],
)
def test_a_schedule_in_spanish(make_job, expression, kind, spanish):
    job = make_job(expression, kind)

    with override("es"):
        assert queries.in_words(job).startswith(spanish)
    with override("en"):
        assert queries.in_words(job) == describe(job.schedule)


def test_bounds_and_closed_days_in_spanish(make_job, clock):
    bounds = {"starts_at": clock.time, "ends_at": clock.time.replace(year=2027)}
    job = make_job("15 7 * * *", **bounds)

    with override("es"):
        words = queries.in_words(job)

    assert words.endswith(
        "desde 2026-06-01 14:00 Europe/Amsterdam hasta 2027-06-01 14:00 Europe/Amsterdam"
    )


def test_what_clock_changes_do_in_spanish_and_in_english(make_job):
    preview = queries.preview(make_job("30 2 * * *"))

    with override("es"):
        assert preview.changes[-1] == (
            "28 de marzo de 2027: 02:30 no existe; se ejecuta a las 03:00"
        )
    with override("en"):
        assert preview.changes == [str(note) for note in preview.notes]


@pytest.mark.parametrize(
    ("changes", "spanish"),
    [
        ({"schedule_expression": "61 * * * *"}, "minuto: use de 0 a 59 (valor: '61')"),
        ({"schedule_expression": "* * * FOO *"}, "mes: use de 1 a 12 o de JAN a DEC"),
        ({"timezone": "Europe/Amsterdm"}, "¿quería decir Europe/Amsterdam?"),
    ],
)
def test_what_is_wrong_with_a_schedule_is_said_in_spanish(make_job, changes, spanish):
    job = make_job("* * * * *")
    for name, value in changes.items():
        setattr(job, name, value)

    with pytest.raises(ValidationError) as broken, override("es"):
        job.full_clean()

    with override("es"):
        assert spanish in " ".join(broken.value.messages)
