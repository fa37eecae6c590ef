"""Who may see and do what: permissions, and jobs that are restricted to groups."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group

from cronmgmt import queries
from cronmgmt.actors import CODE, Actor, visible_to
from cronmgmt.engine import actions
from cronmgmt.errors import Forbidden, InvalidJob, Refused, UnknownJob, UnknownRun
from cronmgmt.models import Activity, Gap, JobAccess, JobRun, ScheduledJob

pytestmark = pytest.mark.django_db

EVERY_RIGHT = (
    "view_scheduledjob",
    "view_jobrun",
    "view_activity",
    "trigger_scheduledjob",
    "switch_scheduledjob",
    "add_scheduledjob",
    "change_scheduledjob",
    "delete_scheduledjob",
    "cancel_jobrun",
    "rerun_jobrun",
    "change_calendar",
    "delete_calendar",
)


@pytest.fixture(autouse=True)
def _nobody_is_rung_for(bell):
    pass


@pytest.fixture
def make_person(make_user):
    """Somebody with every right, in these groups."""

    def make(name, *groups, rights=EVERY_RIGHT, **fields):
        user = make_user(name, *rights, **fields)
        for group in groups:
            user.groups.add(Group.objects.get_or_create(name=group)[0])
        return Actor(name, "dashboard", user)

    return make


@pytest.fixture
def payroll(make_job, make_run):
    """A job that the group Payroll acts on and the group Audit looks at."""
    job = make_job("payroll")
    make_run(job, "succeeded")
    actions.restrict_job("payroll", {"Payroll": "act", "Audit": "see"})
    return job


@pytest.fixture
def finished(payroll):
    return JobRun.objects.get(job=payroll)


@pytest.fixture
def waiting(payroll, make_run):
    return make_run(payroll)


def names(states):
    return [state.job.name for state in states]


def test_without_restrictions_the_permission_alone_decides(make_person, make_job):
    job = make_job("members")
    person = make_person("alice")

    assert person.may("trigger_scheduledjob", job)
    assert not make_person("bob", rights=()).may("trigger_scheduledjob", job)
    assert names(queries.jobs(person)) == ["members"]


@pytest.mark.parametrize(
    ("group", "sees", "acts"),
    [("Payroll", True, True), ("Audit", True, False), ("payroll", False, False)],
)
def test_a_restricted_job_is_there_for_its_groups(
    make_person, payroll, group, sees, acts
):
    person = make_person("alice", group)

    assert person.may("view_scheduledjob", payroll) is sees
    assert person.may("trigger_scheduledjob", payroll) is acts
    assert names(queries.jobs(person)) == (["payroll"] if sees else [])


def test_who_is_in_two_groups_has_the_better_of_both(make_person, payroll):
    person = make_person("alice", "Audit", "Payroll")

    assert person.may("trigger_scheduledjob", payroll)


def test_a_group_gives_no_permission_that_its_member_has_not(make_person, payroll):
    person = make_person("alice", "Payroll", rights=["view_scheduledjob"])

    assert not person.may("trigger_scheduledjob", payroll)


def test_restrictions_do_not_hold_for_superusers_and_code(make_person, payroll):
    root = make_person("root", rights=(), is_superuser=True)

    for actor in (root, CODE):
        assert actor.may("trigger_scheduledjob", payroll)
    assert names(queries.jobs(root)) == names(queries.jobs()) == ["payroll"]


@pytest.mark.part("0.5")
def test_what_belongs_to_a_hidden_job_is_hidden_everywhere(
    make_person, payroll, finished, now
):
    Gap.objects.create(
        job=payroll, kind="off", first=now, last=now, count=2, created_at=now
    )
    outside, inside = make_person("alice"), make_person("ina", "Audit")

    def seen_by(actor):
        models = (ScheduledJob, JobRun, Gap, Activity)
        return [visible_to(actor, each.objects.all()).count() for each in models]

    Activity.objects.create(
        at=now, actor="x", action="edit", allowed=True, job_name="payroll"
    )
    assert seen_by(outside) == [0, 0, 0, 0]
    assert seen_by(inside) == [1, 1, 1, 2]
    assert queries.run(str(finished.execution_id), outside) is None
    assert queries.run(str(finished.execution_id), inside) == finished
    assert not queries.history("payroll", outside).exists()
    with pytest.raises(UnknownJob):
        queries.last_result("payroll", outside)


@pytest.mark.parametrize("right", ["view_scheduledjob", "view_jobrun"])
def test_runs_without_a_job_follow_the_right_to_view_runs(
    make_person, make_run, make_job, right
):
    alone, of_job = make_run(None), make_run(make_job())
    person = make_person("alice", rights=[right])

    seen = set(visible_to(person, JobRun.objects.all()))

    assert seen == {of_job, *([alone] if right == "view_jobrun" else [])}
    assert person.sees_run(alone) is (right == "view_jobrun")
    assert person.sees_run(of_job)


def test_an_outsider_sees_nothing_whatever_is_restricted(
    make_person, make_job, make_run, payroll
):
    make_run(make_job("members"))
    outsider = make_person("charlie", "Payroll", rights=())

    for model in (ScheduledJob, JobRun, Gap, Activity):
        assert not visible_to(outsider, model.objects.all()).exists()
    with pytest.raises(UnknownJob):
        queries.job("members", outsider)


def by_name(verb):
    return lambda name, actor: verb(name, actor=actor)


VERBS = {
    "trigger": by_name(actions.trigger),
    "permit": by_name(actions.permit_trigger),
    "switch off": by_name(actions.switch_off),
    "switch on": by_name(actions.switch_on),
    "retire": by_name(actions.cancel_job),
    "revive": by_name(actions.revive_job),
    "delete": by_name(actions.delete_job),
    "reset": lambda name, actor: actions.reset_fields(name, [], actor),
    "restrict": lambda name, actor: actions.restrict_job(name, {}, actor),
}


@pytest.mark.part("0.5")
@pytest.mark.parametrize("verb", VERBS)
def test_a_hidden_job_is_refused_as_one_that_does_not_exist(
    make_person, payroll, finished, verb
):
    person = make_person("alice")
    before = ScheduledJob.objects.values().get()

    with pytest.raises(UnknownJob) as hidden:
        VERBS[verb]("payroll", person)
    with pytest.raises(UnknownJob) as invented:
        VERBS[verb]("parsnip", person)

    assert str(hidden.value).replace("payroll", "parsnip") == str(invented.value)
    assert ScheduledJob.objects.values().get() == before
    latest = Activity.objects.order_by("-id")[:2]
    assert [(each.job_name, each.allowed) for each in latest] == [
        ("parsnip", False),
        ("payroll", False),
    ]
    assert [each.job_key for each in latest] == [None, payroll.pk]


@pytest.mark.parametrize("verb", VERBS)
def test_who_may_only_see_a_job_is_told_so(make_person, payroll, verb):
    person = make_person("ina", "Audit")

    with pytest.raises(Forbidden, match="You may not .* payroll"):
        VERBS[verb]("payroll", person)


@pytest.mark.parametrize("verb", VERBS)
def test_without_the_permission_nobody_learns_which_jobs_there_are(
    make_person, payroll, verb
):
    person = make_person("charlie", "Payroll", rights=())

    with pytest.raises(Forbidden) as hidden:
        VERBS[verb]("payroll", person)
    with pytest.raises(Forbidden) as invented:
        VERBS[verb]("parsnip", person)

    assert str(hidden.value).replace("payroll", "parsnip") == str(invented.value)


@pytest.mark.parametrize("verb", [actions.cancel_run, actions.rerun])
def test_a_hidden_run_is_refused_as_one_that_does_not_exist(
    make_person, finished, waiting, verb
):
    person, unknown = make_person("alice"), uuid4()
    for run in (finished, waiting):
        with pytest.raises(UnknownRun) as hidden:
            verb(run.execution_id, person)
        with pytest.raises(UnknownRun) as invented:
            verb(unknown, person)

        said = str(hidden.value).replace(str(run.execution_id), str(unknown))
        assert said == str(invented.value)
        latest = Activity.objects.order_by("-id")[:2]
        assert [each.execution_id for each in latest] == [unknown, run.execution_id]
        assert not any(each.allowed for each in latest)


@pytest.mark.parametrize("verb", [actions.cancel_run, actions.rerun])
@pytest.mark.parametrize("group", ["Audit", "Payroll"])
def test_without_the_permission_nobody_learns_which_runs_there_are(
    make_person, finished, verb, group
):
    person, unknown = make_person("charlie", group, rights=()), uuid4()

    with pytest.raises(Forbidden) as hidden:
        verb(finished.execution_id, person)
    with pytest.raises(Forbidden) as invented:
        verb(unknown, person)

    said = str(hidden.value).replace(str(finished.execution_id), str(unknown))
    assert said == str(invented.value)


def test_an_edit_is_refused_too(make_person, payroll):
    payroll.title = "Mine now"

    with pytest.raises(UnknownJob):
        actions.save_job(payroll, make_person("alice"))
    with pytest.raises(Forbidden):
        actions.save_job(payroll, make_person("ina", "Audit"))
    assert actions.save_job(payroll, make_person("paul", "Payroll")).title


def test_a_hidden_job_cannot_be_registered_anew(make_person, payroll):
    with pytest.raises(UnknownJob):
        actions.register_job("payroll", None, "t:nothing", make_person("alice"))

    assert actions.register_job("other", None, "t:nothing", make_person("bob")).pk


def test_a_member_acts_on_the_job_and_its_runs(make_person, payroll, waiting):
    person = make_person("paul", "Payroll")

    actions.cancel_run(waiting.execution_id, person)
    run = actions.trigger("payroll", person)

    assert run.requested_by == "paul"


@pytest.mark.parametrize(
    "verb",
    [
        actions.pause,
        partial(actions.pause, tag="money"),
        actions.end_pause,
        partial(actions.end_pause, tag="money"),
        partial(actions.save_calendar, "closed", []),
        partial(actions.delete_calendar, "closed"),
    ],
)
@pytest.mark.parametrize("group", ["Audit", "Elsewhere"])
def test_what_reaches_further_must_not_reach_jobs_one_may_not_act_on(
    make_person, payroll, verb, group
):
    actions.save_calendar("closed", [])
    payroll.tags, payroll.calendar = ["money"], "closed"
    payroll.save()

    with pytest.raises(Forbidden, match="jobs that you may not act on"):
        verb(actor=make_person("alice", group))


def test_a_pause_of_a_tag_that_reaches_no_such_job_is_allowed(make_person, payroll):
    assert actions.pause(make_person("alice"), tag="harmless").pk


def test_a_restriction_is_replaced_as_a_whole_and_taken_away(make_person, payroll):
    paul = make_person("paul", "Payroll")

    actions.restrict_job("payroll", {"Payroll": "act"}, paul)
    assert JobAccess.objects.get().group == "Payroll"
    actions.restrict_job("payroll", {}, paul)

    assert make_person("alice").may("trigger_scheduledjob", payroll)
    assert Activity.objects.filter(action="restrict", actor="paul").count() == 2


@pytest.mark.parametrize(
    "groups", [{"Payroll": "look"}, {"": "see"}, {"x" * 151: "act"}]
)
def test_what_is_no_restriction_is_refused_and_changes_nothing(payroll, groups):
    with pytest.raises(InvalidJob):
        actions.restrict_job("payroll", groups)

    assert JobAccess.objects.count() == 2


def test_a_deleted_job_leaves_no_restriction(make_person, payroll):
    actions.delete_job("payroll")

    assert not JobAccess.objects.exists()


def test_an_actor_asks_for_groups_and_restrictions_once(
    make_person, payroll, make_job, django_assert_num_queries
):
    job = make_job("members")
    person = make_person("paul", "Payroll")
    person.user.has_perm("cronmgmt.view_scheduledjob")

    with django_assert_num_queries(2):
        for each in (payroll, job) * 5:
            assert person.may("trigger_scheduledjob", each)


def test_a_site_without_restrictions_pays_one_query(
    make_person, make_job, django_assert_num_queries
):
    job, person = make_job(), make_person("alice")
    person.user.has_perm("cronmgmt.view_scheduledjob")

    with django_assert_num_queries(2):
        assert person.may("trigger_scheduledjob", job)
        assert visible_to(person, ScheduledJob.objects.all()).exists()


def test_a_user_model_that_knows_no_groups_is_in_none(payroll):
    class Plain:
        def has_perm(self, permission):
            return True

    person = Actor("plain", "dashboard", Plain())

    assert not person.finds(payroll)


def test_an_execution_id_that_is_none_is_refused_and_on_record(make_person):
    with pytest.raises(Refused, match="not an execution id"):
        actions.cancel_run("x", make_person("alice"))

    assert Activity.objects.get().execution_id is None
