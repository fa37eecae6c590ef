"""What a mail about the end of a run says, to whom, and how it is sent."""

from __future__ import annotations

import smtplib
import socket
from contextlib import contextmanager
from email import message_from_bytes

import pytest
from aiosmtpd.controller import Controller
from django.core import mail as sent_by_django

from cronmgmt import mail
from cronmgmt.engine.loop import work_a_slice
from cronmgmt.engine.mailing import MAIL
from cronmgmt.models import JobRun, Status

pytestmark = [pytest.mark.django_db, pytest.mark.part("1.6")]

ANNA = "anna@example.org"
ERROR = "the password of the source is wrong"


@pytest.fixture
def failed(make_job, make_run):
    """A run of a job that failed, with the text of an error."""
    job = make_job("members", title="Members <b>\r\nBcc: x@example.org")
    return make_run(
        job, Status.FAILED, error_message=ERROR, reason=f"RuntimeError: {ERROR}"
    )


def texts(message):
    return [message.body, message.alternatives[0][0]]


def test_it_says_what_ended_and_how(make_job, make_run, settings, clock):
    settings.CRONMGMT = {"SERVICE": "platform", "SITE_URL": "https://www.example.org/"}
    job = make_job("members", title="Members")
    fields = {"started_at": clock.time, "duration": 3.42, "requested_by": "alice"}
    run = make_run(job, Status.SUCCEEDED, **fields)

    message = mail.message_about(run, ANNA)

    page = f"https://www.example.org/cron/runs/{run.execution_id}"
    assert (message.subject, message.to) == ("[platform] Members: succeeded", [ANNA])
    for text in texts(message):
        assert "Members has succeeded." in text
        assert "3.4 s" in text
        assert "alice" in text
        assert page in text
        assert "2026-06-01 14:00:00 CEST" in text
    assert message.extra_headers == {"Auto-Submitted": "auto-generated"}


def test_without_the_sites_address_there_is_no_link(failed):
    assert mail.url_of(failed) == ""
    assert "http" not in mail.message_about(failed, ANNA).body


def test_a_site_without_the_dashboard_has_no_link(failed, settings):
    settings.CRONMGMT = {"SITE_URL": "https://www.example.org"}
    settings.ROOT_URLCONF = "cronmgmt.processor.urls"

    assert mail.url_of(failed) == ""


def test_work_without_a_job_goes_by_its_handlers_name(make_run):
    run = make_run(status=Status.CANCELLED, job_name="t:greet", reason="Cancelled.")

    message = mail.message_about(run, ANNA)

    assert message.subject == "[cronmgmt] t:greet: cancelled"
    assert all("Cancelled." in text for text in texts(message))


def test_a_title_adds_no_header_and_no_html(failed):
    message = mail.message_about(failed, ANNA)

    raw = message.message()
    assert "\n" not in message.subject
    assert raw["Bcc"] is None
    assert "<b>" not in message.alternatives[0][0]
    assert "&lt;b&gt;" in message.alternatives[0][0]


def test_a_site_may_use_its_own_words(failed, settings, tmp_path):
    folder = tmp_path / "cronmgmt" / "mail"
    folder.mkdir(parents=True)
    (folder / "ended.txt").write_text("Our words: {{ outcome }}")
    [engine] = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [tmp_path]}]

    assert mail.message_about(failed, ANNA).body == "Our words: failed"


# Errors are for those who may read them.

RIGHTS = ("view_scheduledjob", "view_error_jobrun")


def shows_the_error(run):
    shown = {ERROR in text for text in texts(mail.message_about(run, ANNA))}
    assert len(shown) == 1
    return shown.pop()


def test_who_has_the_right_reads_the_error(failed, make_user):
    make_user("anna", *RIGHTS, email=ANNA)

    assert shows_the_error(failed)


@pytest.mark.parametrize(
    "people",
    [
        [],
        [{"name": "anna", "rights": ["view_scheduledjob"]}],
        [{"name": "anna", "rights": RIGHTS, "is_active": False}],
        [{"name": "anna", "rights": RIGHTS}, {"name": "other", "rights": []}],
    ],
    ids=["unknown", "without the right", "gone", "one of two"],
)
def test_others_read_that_it_failed(failed, make_user, people):
    for person in people:
        name, rights = person.pop("name"), person.pop("rights")
        make_user(name, *rights, email=ANNA, **person)

    message = mail.message_about(failed, ANNA)

    assert not shows_the_error(failed)
    assert "You may not read error messages." in message.body


def test_who_is_kept_from_the_job_does_not_read_its_errors(failed, make_user):
    make_user("anna", *RIGHTS, email=ANNA)
    failed.job.access.create(group="others", may=2)

    assert not shows_the_error(failed)


def test_users_without_an_address_are_nobody(failed, django_user_model, monkeypatch):
    monkeypatch.setattr(django_user_model, "EMAIL_FIELD", "telephone")

    assert not shows_the_error(failed)


# Sent, by a run like any other.


def send(run, to=ANNA, attempts=1, **changes):
    """Queue the mail, and let it be tried so often."""
    row = JobRun.objects.create(
        **{
            "job_name": MAIL,
            "handler": MAIL,
            "params": {"about": str(run.execution_id), "to": to},
            "status": Status.QUEUED,
            "origin": "enqueue",
            "available_at": run.created_at,
            "created_at": run.created_at,
            "max_attempts": 8,
            **changes,
        }
    )
    for _ in range(attempts):
        JobRun.objects.filter(pk=row.pk).update(available_at=run.created_at)
        work_a_slice("default", 1)
    row.refresh_from_db()
    return row


def test_it_is_sent_through_djangos_mail(failed):
    row = send(failed)

    assert row.status == Status.SUCCEEDED
    assert [each.to for each in sent_by_django.outbox] == [[ANNA]]
    assert f"Sent to {ANNA}." in row.log.get().text


def test_who_queues_work_is_mailed_when_it_ends(make_run):
    make_run(handler="t:fail", notify=[ANNA])

    work_a_slice("default")

    [message] = sent_by_django.outbox
    assert (message.to, message.subject) == ([ANNA], "[cronmgmt] job: failed")


@pytest.mark.parametrize("to", [f"{ANNA}\nBcc: x@example.org", "a@b.c\r\nX: y"])
def test_an_address_adds_no_header(failed, to):
    row = send(failed, to)

    assert row.status == Status.FAILED
    assert sent_by_django.outbox == []


def test_a_run_that_is_not_kept_any_more_ends_the_mail(failed):
    row = send(JobRun(execution_id=None, created_at=failed.created_at))

    assert (row.status, row.attempt) == (Status.FAILED, 1)


class Server:
    """A mail server that answers as it is told, then takes everything."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.taken = []

    async def handle_DATA(self, server, session, envelope):
        if self.answers:
            return self.answers.pop(0)
        self.taken.append(message_from_bytes(envelope.content))
        return "250 OK"


@pytest.fixture
def mail_server(settings):
    """Let Django send through a real server."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_TIMEOUT = 5

    @contextmanager
    def serving(*answers):
        server = Server(*answers)
        with free_port() as settings.EMAIL_PORT:
            pass
        controller = Controller(
            server, hostname="127.0.0.1", port=settings.EMAIL_PORT, ready_timeout=20
        )
        controller.start()
        try:
            yield server
        finally:
            controller.stop()

    return serving


@contextmanager
def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_a_server_that_asks_to_come_later_is_tried_again(failed, mail_server):
    with mail_server("451 4.3.0 later", "452 4.2.2 full") as server:
        row = send(failed, attempts=3)

    [message] = server.taken
    assert (row.status, row.attempt) == (Status.SUCCEEDED, 3)
    assert message["To"] == ANNA
    assert message["Auto-Submitted"] == "auto-generated"
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html"]


def test_what_a_server_refuses_for_good_is_not_tried_again(failed, mail_server):
    with mail_server("554 5.7.1 not here") as server:
        row = send(failed, attempts=2)

    assert (row.status, row.attempt, server.taken) == (Status.FAILED, 1, [])
    assert "refuses it for good" in row.error_message


def test_a_server_that_is_away_changes_nothing_about_the_run(failed, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with free_port() as settings.EMAIL_PORT:
        pass

    row = send(failed)

    assert (row.status, row.attempt) == (Status.QUEUED, 1)
    assert "ConnectionRefusedError" in row.reason
    assert JobRun.objects.get(pk=failed.pk).status == Status.FAILED
    assert JobRun.objects.count() == 2


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (smtplib.SMTPRecipientsRefused({ANNA: (550, b"unknown")}), Status.FAILED),
        (smtplib.SMTPRecipientsRefused({ANNA: (450, b"busy")}), Status.QUEUED),
        (smtplib.SMTPSenderRefused(553, b"no", "x"), Status.FAILED),
        (smtplib.SMTPAuthenticationError(535, b"wrong"), Status.QUEUED),
        (smtplib.SMTPServerDisconnected("gone"), Status.QUEUED),
        (TimeoutError("timed out"), Status.QUEUED),
    ],
    ids=lambda value: type(value).__name__,
)
def test_only_what_may_change_is_tried_again(failed, monkeypatch, error, status):
    def refuse(message, *args, **options):
        raise error

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)

    assert send(failed).status == status
