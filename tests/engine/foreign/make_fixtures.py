"""Write the schedules of three other systems, 200 of each, always the same ones.

    python -m tests.engine.foreign.make_fixtures

They are what such sites have: most can be carried, and each reason why one cannot is
among them. The tests compare what they make with the files, so that nobody edits one.
"""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "fixtures"
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
COUNT = 200

PYTHON = "cd /srv/shop && venv/bin/python manage.py"
COMMANDS = [
    f"{PYTHON} send_mail >> /var/log/shop/mail.log 2>&1",
    f"{PYTHON} sync_members --limit 500",
    f"{PYTHON} sync_members --limit 50 > /dev/null",
    "/usr/local/bin/backup.sh /srv/shop",
    "curl -fsS https://shop.example.com/ping",
    f"{PYTHON} report --date $(date +\\%F)",
]
TIMES = [
    *["*/5 * * * *", "*/15 8-18 * * 1-5", "0 * * * *", "17 3 * * *", "0 9 * * mon-fri"],
    *[
        "30 2 1 jan,jul *",
        "0-30/10 8-18 * * *",
        "0 0 13 * 5",
        "5 4 * * sun",
        "45 23 * * 7",
    ],
    *["0 6,12,18 * * *", "10 1 1-7 * *", "@daily", "@hourly", "@weekly", "@monthly"],
    *["@yearly", "@midnight", "0 22 * * 1-5", "23 0-20/2 * * *", "15 14 1 * *"],
]
STRANGE_LINES = [
    f"@reboot {COMMANDS[0]}",
    "17 * * * * root cd / && run-parts /etc/cron.hourly",
    "0 3 * * * certbot renew --quiet",
    f"61 * * * * {COMMANDS[0]}",
    f"0 24 * * * {COMMANDS[0]}",
    f"0 22-2 * * * {COMMANDS[3]}",
    f"0 0 31 2 * {COMMANDS[3]}",
    f"0~59 4 * * * {COMMANDS[3]}",
    "0 5 * * *",
    "@daily",
    "30 8 * * 1 mail -s Monday team@example.com%Good morning%",
    "0 7 * * * wall%Good morning",
    "09,39 * * * * /usr/lib/php/sessionclean",
    f"*/90 * * * * {COMMANDS[1]}",
]


def crontab(rng):
    lines = [
        "# m h dom mon dow command",
        'MAILTO="ops@example.com"',
        "PATH=/usr/local/bin:/usr/bin:/bin",
        "SHELL=/bin/bash",
        "",
    ]
    jobs = [*STRANGE_LINES]
    while len(jobs) < COUNT:
        jobs.append(f"{rng.choice(TIMES)} {rng.choice(COMMANDS)}")
    rng.shuffle(jobs)
    for number, job in enumerate(jobs):
        if number == 80:
            lines += ["", "CRON_TZ=America/New_York"]
        if number == 120:
            lines += ["", "# back home", "CRON_TZ=Europe/Amsterdam", "  "]
        lines.append(job)
    return "\n".join(lines) + "\n"


FUNCS = {
    "shop.tasks.greet": [
        ("'Anna'", None),
        (None, "name='Bob'"),
        (None, "{'name': 'Eve'}"),
    ],
    "shop.tasks.sync": [("100", None), (None, "limit=5"), ("", ""), (None, None)],
    "shop.tasks.tidy": [(None, None)],
}
Q2_KINDS = ["I", "H", "D", "W", "BW", "M", "BM", "Q", "Y", "C", "O"]
CRONS = ["*/10 * * * *", "0 6 * * 1-5", "15 14 1 * *", "0 0 13 * 5", "@daily"]


def q2_row(rng, number, kind=None, **changes):
    kind = kind or rng.choice(Q2_KINDS)
    func = rng.choice(sorted(FUNCS))
    args, kwargs = rng.choice(FUNCS[func])
    day = NOW + timedelta(days=rng.randrange(1, 27), minutes=rng.randrange(8 * 60))
    row = {
        "name": f"{func.rpartition('.')[2]} {kind} {number}",
        "func": func,
        "hook": None,
        "args": args,
        "kwargs": kwargs,
        "schedule_type": kind,
        "minutes": rng.choice([1, 5, 90]) if kind == "I" else None,
        "repeats": -1,
        "next_run": day.isoformat().replace("+00:00", "Z"),
        "cron": rng.choice(CRONS) if kind == "C" else None,
        "task": None,
        "cluster": None,
        "intended_date_kwarg": None,
    }
    return {**row, **changes}


def django_q2(rng):
    past = "2026-05-01T08:00:00.123456Z"
    rows = [
        q2_row(rng, 1, "D", func="shop.tasks.unknown"),
        q2_row(rng, 2, "D", func="shop.tasks.retired"),
        q2_row(rng, 3, "D", hook="shop.hooks.told"),
        q2_row(rng, 4, "D", func="shop.tasks.sync", args="1, 2", kwargs=None),
        q2_row(rng, 5, "D", args="__import__('os').getcwd()", kwargs=None),
        q2_row(rng, 6, "D", args=None, kwargs="name=open('/etc/passwd')"),
        q2_row(rng, 7, "D", args=None, kwargs="**{'name': 1}"),
        q2_row(rng, 8, "D", func="shop.tasks.sync", args="'many'", kwargs=None),
        q2_row(rng, 9, "D", func="shop.tasks.greet", args=None, kwargs="nmae='x'"),
        q2_row(rng, 10, "O", next_run=past),
        q2_row(rng, 11, "O", repeats=0),
        q2_row(rng, 12, "H", next_run=None),
        q2_row(rng, 13, "M", next_run="2026-06-30T08:00:00Z"),
        q2_row(rng, 14, "Q", next_run="2026-08-31T08:00:00Z"),
        q2_row(rng, 15, "Y", next_run="2028-02-29T08:00:00Z"),
        q2_row(rng, 16, "C", cron="*/5 * * * * 30"),
        q2_row(rng, 17, "C", cron=""),
        q2_row(rng, 18, "C", cron="0 25 * * *"),
        q2_row(rng, 19, "D", repeats=5000),
        q2_row(rng, 20, "X"),
        q2_row(rng, 21, "D", intended_date_kwarg="day"),
        q2_row(rng, 22, "D", kwargs="q_options={'sync': True}", args=None),
        q2_row(rng, 23, "D", cluster="Not A Queue"),
        q2_row(rng, 24, "D", next_run="soon"),
        # These can be carried.
        q2_row(rng, 25, "D", repeats=3),
        q2_row(rng, 26, "I", repeats=10, minutes=5),
        q2_row(rng, 27, "M", repeats=2),
        q2_row(rng, 28, "D", cluster="slow"),
        q2_row(rng, 29, "D", args=None, kwargs="q_options={'timeout': 90}"),
        q2_row(rng, 30, "D", next_run=past),
        q2_row(rng, 31, "I", next_run=past, minutes=7),
        q2_row(rng, 32, "Y", next_run="2026-12-31T08:00:00Z"),
        q2_row(rng, 33, "D", name=None),
        q2_row(rng, 34, "D", name="Nightly  Sync!"),
        q2_row(rng, 35, "D", name="Nightly sync?"),
        q2_row(rng, 36, "D", func="shop.tasks.hooked", hook="shop.hooks.told"),
    ]
    while len(rows) < COUNT:
        rows.append(q2_row(rng, len(rows) + 1))
    return dump("django_q.schedule", rows)


def dump(model, rows):
    return [
        {"model": model, "pk": number, "fields": row}
        for number, row in enumerate(rows, 1)
    ]


CRONTABS = [
    ("*/5", "*", "*", "*", "*", "UTC"),
    ("0", "6", "*", "*", "mon-fri", "Europe/Amsterdam"),
    ("15", "7", "*", "*", "*", "America/New_York"),
    ("0", "0", "1", "*", "*", "UTC"),
    ("30", "2", "1,15", "1,7", "*", "UTC"),
    ("0", "*/3", "*", "*", "0", "Asia/Tokyo"),
    ("0", "0", "13", "*", "5", "UTC"),
    ("75", "0", "*", "*", "*", "UTC"),
    ("0", "0", "*", "*", "fri-mon", "UTC"),
]
GOOD_CRONTABS = 6
INTERVALS = [
    (10, "seconds"),
    (5, "minutes"),
    (1, "hours"),
    (2, "days"),
    (100, "microseconds"),
]
GOOD_INTERVALS = 4
CLOCKED = ["2026-07-01T08:00:00Z", "2026-12-24T18:30:00Z", "2026-01-01T00:00:00Z"]
TASKS = {
    "shop.tasks.greet": [('["Anna"]', "{}"), ("[]", '{"name": "Bob"}')],
    "shop.tasks.sync": [("[100]", "{}"), ("[]", '{"limit": 5}'), ("[]", "{}")],
    "shop.tasks.tidy": [("[]", "{}")],
}


def beat_row(rng, number, **changes):
    task = changes.get("task") or rng.choice(sorted(TASKS))
    args, kwargs = rng.choice(TASKS.get(task, [("[]", "{}")]))
    schedule = {"interval": None, "crontab": None, "solar": None, "clocked": None}
    if not changes.keys() & schedule.keys():
        kind = rng.choice(["interval", "crontab"])
        most = GOOD_INTERVALS if kind == "interval" else GOOD_CRONTABS
        schedule[kind] = rng.randrange(1, most + 1)
    row = {
        "name": f"{task.rpartition('.')[2]} {number}",
        "task": task,
        **schedule,
        "args": args,
        "kwargs": kwargs,
        "queue": None,
        "exchange": None,
        "routing_key": None,
        "headers": "{}",
        "priority": None,
        "expires": None,
        "expire_seconds": None,
        "one_off": False,
        "start_time": None,
        "enabled": True,
        "last_run_at": None,
        "total_run_count": rng.randrange(1000) if "one_off" not in changes else 0,
        "date_changed": "2026-05-20T09:00:00Z",
        "description": "",
    }
    return {**row, **changes}


def celery_beat(rng):
    rows = [
        beat_row(rng, 1, task="shop.tasks.unknown"),
        beat_row(rng, 2, task="celery.backend_cleanup", name="celery.backend_cleanup"),
        beat_row(rng, 3, solar=1),
        beat_row(rng, 4, crontab=7),
        beat_row(rng, 5, crontab=8),
        beat_row(rng, 6, crontab=9),
        beat_row(rng, 7, interval=5),
        beat_row(rng, 8, clocked=3, one_off=True),
        beat_row(rng, 9, clocked=1),
        beat_row(rng, 10, crontab=2, one_off=True, total_run_count=1),
        beat_row(rng, 11, expires="2026-05-01T00:00:00Z"),
        beat_row(rng, 12, exchange="shop"),
        beat_row(rng, 13, routing_key="shop.slow"),
        beat_row(rng, 14, headers='{"trace": "on"}'),
        beat_row(rng, 15, args='["Anna", 2, 3]', task="shop.tasks.greet"),
        beat_row(rng, 16, args="Anna"),
        beat_row(rng, 17, kwargs="[1]"),
        beat_row(
            rng, 18, kwargs='{"limit": "many"}', task="shop.tasks.sync", args="[]"
        ),
        beat_row(rng, 19, crontab=99),
        beat_row(rng, 20, crontab=None),
        beat_row(rng, 21, priority=9),
        beat_row(rng, 22, queue="Not A Queue"),
        beat_row(rng, 23, crontab=1, interval=1),
        beat_row(rng, 24, start_time="then"),
        # These can be carried.
        beat_row(rng, 25, clocked=1, one_off=True),
        beat_row(rng, 26, clocked=2, one_off=True),
        beat_row(rng, 27, crontab=2, one_off=True),
        beat_row(rng, 28, interval=3, one_off=True),
        beat_row(rng, 29, enabled=False),
        beat_row(rng, 30, expires="2026-12-31T23:00:00Z"),
        beat_row(rng, 31, expire_seconds=600),
        beat_row(rng, 32, start_time="2026-07-01T00:00:00Z"),
        beat_row(rng, 33, queue="slow"),
        beat_row(rng, 34, description="First call Anna."),
        beat_row(rng, 35, task="shop.tasks.urgent", priority=9),
    ]
    while len(rows) < COUNT:
        rows.append(beat_row(rng, len(rows) + 1))
    crontabs = [
        {
            "minute": minute,
            "hour": hour,
            "day_of_week": weekday,
            "day_of_month": day,
            "month_of_year": month,
            "timezone": zone,
        }
        for minute, hour, day, month, weekday, zone in CRONTABS
    ]
    intervals = [{"every": every, "period": period} for every, period in INTERVALS]
    clocked = [{"clocked_time": at} for at in CLOCKED]
    solar = [{"event": "sunset", "latitude": "52.37", "longitude": "4.90"}]
    return [
        *dump("django_celery_beat.solarschedule", solar),
        *dump("django_celery_beat.intervalschedule", intervals),
        *dump("django_celery_beat.clockedschedule", clocked),
        *dump("django_celery_beat.crontabschedule", crontabs),
        *dump("django_celery_beat.periodictask", rows),
    ]


def written(rows):
    """Return a dump as text, a line for each row."""
    return "[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n"


def everything():
    """Return the text of each file by its name."""
    q2, beat = django_q2(random.Random(2)), celery_beat(random.Random(3))
    return {
        "crontab": crontab(random.Random(1)),
        "django_q2.json": written(q2),
        "celery_beat.json": written(beat),
    }


if __name__ == "__main__":
    for name, text in everything().items():
        (FOLDER / name).write_text(text)
