"""Notices become mail, each one once."""

from __future__ import annotations

import pytest
from django.core import mail
from django.core.mail import EmailMessage

from cronmgmt import Retry
from project.certification.checking import check
from project.certification.mailing import mail_notices
from project.models import Notice

pytestmark = pytest.mark.part("2.6")


@pytest.fixture
def notices(run, certify, now):
    for days in (30, 7, 0):
        certify(days)
    check(run, now.date(), now)
    return Notice.objects.order_by("pk")


@pytest.fixture
def log():
    return []


def test_every_notice_is_mailed_once(notices, log):
    assert mail_notices(log.append) == 3
    assert mail_notices(log.append) == 0

    assert [message.subject for message in mail.outbox] == [n.subject for n in notices]
    assert {to for message in mail.outbox for to in message.to} == {"ann@example.org"}
    assert not notices.filter(sent_at=None).exists()


def test_a_notice_that_cannot_be_mailed_keeps_no_other_waiting(
    notices, log, monkeypatch
):
    with monkeypatch.context() as patch, pytest.raises(Retry, match="1 notices"):
        patch.setattr(EmailMessage, "send", failing_for(notices[1].subject))
        mail_notices(log.append)

    assert len(log) == 1 and "no such mailbox" in log[0]
    assert len(mail.outbox) == 2
    assert mail_notices(log.append) == 1
    assert mail.outbox[-1].subject == notices[1].subject


def failing_for(subject):
    send = EmailMessage.send

    def fail(self, *args, **kwargs):
        if self.subject == subject:
            raise OSError("no such mailbox")
        return send(self, *args, **kwargs)

    return fail


def test_a_mail_that_is_sent_again_can_be_told_as_such(notices, log):
    mail_notices(log.append)
    notices.update(sent_at=None)

    mail_notices(log.append)

    identities = [message.extra_headers["Message-ID"] for message in mail.outbox]
    assert identities[:3] == identities[3:]
    assert len(set(identities)) == 3
