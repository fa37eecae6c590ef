"""Whose browser asks for Spanish reads Spanish, where the site has LocaleMiddleware."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from django.utils import translation

from cronmgmt.models import Activity, Calendar, Gap, Node, Pause, Status

EVERYTHING = (
    "view_scheduledjob view_jobrun view_node view_activity view_error_jobrun "
    "trigger_scheduledjob switch_scheduledjob cancel_jobrun rerun_jobrun"
).split()

LOCALE = "django.middleware.locale.LocaleMiddleware"

# What is the same in both languages: data, formats, and words that both have.
SAME = re.compile(
    r"""
    [\W\d]* | members | failing | ada | carol | cleaning | ops | default | \W*boom
    | elsewhere | nightly | ValueError | Christmas | CSV | JSON | API | Error | error
    | manual | normal | usual | UTC | Europe/Amsterdam | host | v1 | Redis? | orm
    | (Django|Python|django-q2|SQLite|PostgreSQL|MariaDB|django-cronmgmt|cronmgmt)
    | [\d.,]+\s(s|min|h|d|MB|ms)\b.* | \W*dashboard\W* | \W*code\W* | 0\shandler
    | %\(count\)d\ss | somewhere | default,\s20 | Search | ID | False | 90s
    | 15\s7\s\*\s\*\s\* | members\W.* | not\sfound\.\s.*
    """,
    re.VERBOSE,
)
MOMENT = re.compile(r"\(?\b(UTC|Europe/Amsterdam)\b\)?|\b[\da-f]{8}-[\da-f-]{27}\b")
SPOKEN = {"aria-label", "placeholder", "title", "data-label", "alt"}


class Texts(HTMLParser):
    """Collects what a person reads or hears of a page."""

    def __init__(self):
        super().__init__()
        self.found, self.silent, self.language = set(), 0, ""

    def handle_starttag(self, tag, attributes):
        known = dict(attributes)
        if tag == "html":
            self.language = known.get("lang")
        # What the person typed, or a machine's own words.
        self.silent += tag in ("style", "script", "code", "pre", "option")
        self.found |= {known[name] for name in known.keys() & SPOKEN if known[name]}
        self.found |= {
            text
            for name, text in known.items()
            if name.startswith("data-") and text and re.search(r"[a-z] [a-z]", text)
        }

    def handle_endtag(self, tag):
        self.silent -= tag in ("style", "script", "code", "pre", "option")

    def handle_data(self, data):
        if not self.silent and data.strip():
            self.found.add(" ".join(data.split()))


def read(client, path, language, status=200):
    answer = client.get(path, headers={"accept-language": language})
    assert answer.status_code == status, path
    page = Texts()
    page.feed(answer.content.decode())
    assert page.language == language
    return page.found


def same(english, spanish):
    """Return what is said alike in both and is neither data nor a moment."""
    alike = (MOMENT.sub("", text) for text in english & spanish)
    return sorted(text for text in alike if not SAME.fullmatch(text))


@pytest.fixture(autouse=True)
def _speaking(settings):
    """Put the languages' middleware where Django's docs say."""
    settings.MIDDLEWARE = [*settings.MIDDLEWARE]
    settings.MIDDLEWARE.insert(2, LOCALE)
    yield
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture
def site(make_job, make_run, clock):
    """Something of everything, so that most texts are said."""
    job = make_job(
        "members", tags=["nightly"], owner="ada", expected_duration="00:01:00"
    )
    failing = make_job("failing", schedule_kind="interval", schedule_expression="90s")
    done = make_run(job, started_at=clock.time, duration=2.5, worker="host")
    make_run(failing, Status.RUNNING)
    make_run(
        failing, Status.FAILED, reason="boom", error_class="ValueError", worker="host"
    )
    for kind in Gap.Kind:
        Gap.objects.create(
            job=job,
            kind=kind,
            first=clock.time,
            last=clock.time,
            count=1,
            reason="boom",
            created_at=clock.time,
        )
    Node.objects.create(
        name="host",
        instance="host",
        pid=1,
        version="v1",
        started_at=clock.time,
        seen_at=clock.time,
    )
    Activity.objects.create(
        at=clock.time, actor="ada", source="code", action="trigger", allowed=False
    )
    Pause.objects.create(
        scope="tag", tag="cleaning", since=clock.time, by="ada", reason="boom"
    )
    Calendar.objects.create(name="ops")
    return {"job": job, "failing": failing, "run": done}


PAGES = [
    "/cron/",
    "/cron/?attention=any",
    "/cron/jobs/members",
    "/cron/jobs/failing",
    "/cron/runs",
    "/cron/runs/{run}",
    "/cron/upcoming",
    "/cron/system",
    "/cron/activity",
    "/cron/bulk?action=off&job=members",
]


@pytest.mark.parametrize("page", PAGES)
def test_no_text_of_a_page_stays_english(site, logged_in, page):
    ada = logged_in("ada", *EVERYTHING)
    path = page.format(run=site["run"].execution_id)

    english, spanish = read(ada, path, "en"), read(ada, path, "es")

    assert same(english, spanish) == []
    assert len(spanish) > 15


ADMIN = [
    "scheduledjob/",
    "scheduledjob/{job}/change/",
    "jobrun/",
    "jobrun/{run}/change/",
    "pause/",
    "pause/add/",
    "calendar/",
    "calendar/add/",
    "gap/",
    "activity/",
    "node/",
]


@pytest.mark.parametrize("page", ADMIN)
def test_no_text_of_the_admin_stays_english(site, admin_client, page):
    keys = {"job": site["job"].pk, "run": site["run"].pk}
    path = f"/admin/cronmgmt/{page.format(**keys)}?_popup=1"

    english, spanish = read(admin_client, path, "en"), read(admin_client, path, "es")

    assert same(english, spanish) == []


def test_what_is_refused_is_refused_in_the_readers_language_and_recorded_in_english(
    site, logged_in
):
    bob = logged_in("bob", "view_scheduledjob", "view_jobrun")

    answer = bob.post("/cron/jobs/members/trigger", headers={"accept-language": "es"})

    assert answer.status_code == 403
    assert "No tiene permiso para lanzar members." in answer.content.decode()
    record = Activity.objects.filter(actor="bob").get()
    assert record.reason == "You may not trigger members."


def test_a_page_that_is_not_there_says_so_in_spanish(site, logged_in):
    ada = logged_in("ada", *EVERYTHING)
    assert "No existe el trabajo" in " ".join(read(ada, "/cron/jobs/nobody", "es", 404))


def test_without_the_middleware_a_page_speaks_the_sites_language(
    site, logged_in, settings
):
    settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if each != LOCALE]
    ada = logged_in("ada", *EVERYTHING)

    answer = ada.get("/cron/", headers={"accept-language": "es"})

    assert "Search jobs" in answer.content.decode()
