"""History in the admin: only read, and at a cost that does not grow."""

from __future__ import annotations

import pytest
from django.urls import path

from cronmgmt.admin.display import page_of
from cronmgmt.models import Activity, JobRun, Node, Status

RUNS = "/admin/cronmgmt/jobrun/"
TABLES = ["jobrun", "activity", "gap", "node"]


@pytest.mark.parametrize("table", TABLES)
def test_not_even_root_writes_history(root, make_job, make_run, now, table):
    run = make_run(make_job())
    Node.objects.create(
        name="n", instance="i", pid=1, version="1", started_at=now, seen_at=now
    )
    base = f"/admin/cronmgmt/{table}/"

    assert root.get(base).status_code == 200
    assert root.post(f"{base}add/", {}).status_code == 403
    if table in ("jobrun", "node"):
        key = run.pk if table == "jobrun" else Node.objects.get().pk
        assert root.get(f"{base}{key}/change/").status_code == 200
        assert root.post(f"{base}{key}/change/", {}).status_code == 403
        assert root.post(f"{base}{key}/delete/", {}).status_code == 403


@pytest.mark.parametrize("table", TABLES)
def test_who_has_no_right_to_a_table_does_not_see_it(logged_in, table):
    assert logged_in("charlie").get(f"/admin/cronmgmt/{table}/").status_code == 403


@pytest.mark.part("1.5")
def test_a_run_links_to_its_page(root, make_job, make_run):
    run = make_run(make_job())

    page = root.get(f"{RUNS}{run.pk}/change/").content.decode()

    assert f"/cron/runs/{run.execution_id}" in page


def test_a_site_without_the_dashboard_has_no_link_to_it(settings):
    settings.ROOT_URLCONF = type("Urls", (), {"urlpatterns": [path("x", lambda r: r)]})

    assert page_of("job", "members") is None


def test_errors_are_for_those_who_may_read_them(root, vera, make_job, make_run):
    run = make_run(
        make_job(),
        status=Status.FAILED,
        reason="ValueError: secret",
        error_message="secret",
        traceback="secret",
    )

    assert b"secret" in root.get(f"{RUNS}{run.pk}/change/").content
    assert b"secret" not in vera.get(f"{RUNS}{run.pk}/change/").content
    assert b"secret" not in vera.get(RUNS).content


def test_runs_are_found_by_whole_values(vera, make_job, make_run):
    wanted = make_run(make_job("a"))
    make_run(make_job("ab"))

    for term in ("a", str(wanted.execution_id), f" {wanted.execution_id.hex} "):
        found = vera.get(RUNS, {"q": term}).context["cl"].result_list
        assert list(found) == [wanted]


def test_unfinished_runs_are_a_click_away(vera, make_job, make_run):
    job = make_job()
    make_run(job)
    waiting = make_run(job, status=Status.QUEUED, finished_at=None)

    found = vera.get(RUNS, {"unfinished": "yes"}).context["cl"].result_list

    assert list(found) == [waiting]


@pytest.mark.parametrize("query", ["traceback__contains=x", "status=failed", "job=1"])
def test_nobody_filters_by_what_no_index_answers(root, query):
    assert root.get(f"{RUNS}?{query}").status_code == 400


def test_nothing_counts_all_of_history(
    vera, make_job, make_run, django_assert_max_num_queries
):
    job = make_job()
    for _ in range(3):
        make_run(job)

    with django_assert_max_num_queries(8) as asked:
        vera.get(RUNS, {"o": "3"})

    counts = [each["sql"] for each in asked if "COUNT(" in each["sql"]]
    assert counts
    assert all("LIMIT 1000" in sql for sql in counts)


def test_a_table_longer_than_is_shown_says_so(root, now):
    fields = {"at": now, "source": "code", "action": "trigger", "allowed": True}
    Activity.objects.bulk_create(
        Activity(actor=f"a{number}", **fields) for number in range(1001)
    )

    page = root.get("/admin/cronmgmt/activity/").content.decode()
    last = root.get("/admin/cronmgmt/activity/?p=20").content.decode()

    assert "the latest 1000; search for older ones" in page
    assert "a1000" in page
    assert "a1<" in last and "a0<" not in last


def test_rows_of_deleted_jobs_are_still_listed(vera, make_job, make_run):
    job = make_job()
    make_run(job)
    job.delete()

    assert b"members" in vera.get(RUNS).content
    assert JobRun.objects.get().job is None
