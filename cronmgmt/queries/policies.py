"""A job's policies in words: what counts in the end, be it the job's or the site's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cronmgmt.conf import conf
from cronmgmt.models import OnLost, Priority, ScheduledJob

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=10), timedelta(hours=1)
"""Of a job that does not say how long to wait between attempts."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One rule by which a job runs, as a sentence."""

    key: str
    label: str
    sentence: str


def policies(job: ScheduledJob) -> list[Policy]:
    """Return by which rules a job runs."""
    return [*_when(job), *_how(job), *_then(job)]


def span(duration: timedelta | None) -> str:
    """Say a duration in its largest units: ``1 h 30 min``, ``45 s``, ``90 d``."""
    total = duration.total_seconds() if duration else 0.0
    rest = int(total)
    if total < 1:
        return _("%(count)d ms") % {"count": round(total * 1000)}
    parts = []
    for size, unit in UNITS:
        count, rest = divmod(rest, size)
        if count:
            parts.append(str(unit) % {"count": count})
    return " ".join(parts[:2])


UNITS = (
    (86_400, gettext_lazy("%(count)d d")),
    (3_600, gettext_lazy("%(count)d h")),
    (60, gettext_lazy("%(count)d min")),
    (1, gettext_lazy("%(count)d s")),
)


def _when(job: ScheduledJob) -> Iterator[Policy]:
    yield Policy("overlap", _("If it overlaps"), _overlap(job))
    yield Policy("misfire", _("If nobody was there"), _misfire(job))
    if job.start_deadline:
        sentence = _("A run that has not started %(span)s after it was due is missed.")
        given = {"span": span(job.start_deadline)}
        yield Policy("start_deadline", _("If it is late"), sentence % given)
    if job.jitter:
        sentence = _("Each run starts up to %(span)s later, by a share of its own.")
        yield Policy("jitter", _("Spread"), sentence % {"span": span(job.jitter)})
    if job.calendar:
        sentence = _("Closed days of %(calendar)s: %(what)s.") % {
            "calendar": job.calendar,
            "what": job.get_on_holiday_display(),
        }
        yield Policy("calendar", _("Holidays"), sentence)


def _overlap(job: ScheduledJob) -> str:
    sentences = {
        "skip": _("While a run is unfinished, another is skipped."),
        "wait": _("While a run is unfinished, the next one waits until it has ended."),
        "allow": _("Runs may go on side by side."),
        "replace": _("A new run cancels the earlier one and takes its place."),
    }
    sentence = sentences.get(job.overlap, job.overlap)
    if job.lock_key:
        held = _("It shares the lock %(lock)s, which %(count)d at a time may hold.")
        given = {"lock": job.lock_key, "count": job.concurrency or 1}
        return f"{sentence} {held % given}"
    if job.concurrency and job.overlap != "skip":
        most = _("At most %(count)d at a time.") % {"count": job.concurrency}
        return f"{sentence} {most}"
    return sentence


def _misfire(job: ScheduledJob) -> str:
    sentences = {
        "latest": _("Afterwards the latest of the times that were missed runs."),
        "all": _("Afterwards all of the times that were missed run, up to %(limit)d."),
        "none": _("What was missed does not run."),
    }
    sentence = sentences.get(job.misfire, job.misfire)
    sentence = sentence.replace("%(limit)d", str(conf.MISFIRE_LIMIT))
    if not job.grace:
        return sentence
    older = _("What is more than %(span)s late is missed.") % {"span": span(job.grace)}
    return f"{sentence} {older}"


def _how(job: ScheduledJob) -> Iterator[Policy]:
    timeout = job.timeout or conf.TIMEOUT
    sentence = _("There is no time limit.")
    if timeout:
        sentence = _("It is ended after %(span)s.") % {"span": span(timeout)}
        if not job.timeout:
            sentence += " " + _("So the site has set it.")
    yield Policy("timeout", _("Time-out"), sentence)
    if job.memory_limit:
        sentence = _("It is ended when its process uses more than %(count)d MB.")
        given = {"count": job.memory_limit}
        yield Policy("memory_limit", _("Memory"), sentence % given)
    priority = _("Queue %(queue)s, priority %(priority)s.") % {
        "queue": job.queue,
        "priority": _priority(job.priority),
    }
    yield Policy("queue", _("Queue"), priority)


def _priority(number: int) -> str:
    return str(dict(Priority.choices).get(number, number))


def _then(job: ScheduledJob) -> Iterator[Policy]:
    yield Policy("max_attempts", _("If it fails"), _attempts(job))
    lost: dict[str, str] = {
        OnLost.REQUEUE: _("It is run again, up to %(count)d times."),
        OnLost.FAIL: _("The run ends as lost."),
    }
    sentence = lost.get(job.on_lost, job.on_lost)
    sentence = sentence.replace("%(count)d", str(conf.MAX_LOSSES))
    yield Policy("on_lost", _("If its worker dies"), sentence)
    yield Policy("retention", _("History"), _kept(job))
    if mail := _mail(job):
        yield Policy("mail_to", _("Mail"), mail)


def _mail(job: ScheduledJob) -> str:
    """Say who is told of the end of a run; not their addresses, which are theirs."""
    sentences = []
    if job.mail_requester:
        sentences.append(_("Whoever triggers a run is told of its end."))
    if isinstance(job.mail_to, list) and job.mail_to:
        sentence = ngettext(
            "One address is told of the end of every run.",
            "%(count)d addresses are told of the end of every run.",
            len(job.mail_to),
        )
        sentences.append(sentence % {"count": len(job.mail_to)})
    return " ".join(sentences)


def _kept(job: ScheduledJob) -> str:
    keeping = job.keeping
    sentence = _(
        "Runs are kept for %(span)s, those that failed for %(failures)s; the latest "
        "%(least)d always."
    ) % {
        "span": span(keeping.successes),
        "failures": span(keeping.failures),
        "least": keeping.least,
    }
    if keeping.most:
        most = _("At most %(most)d of each are kept.") % {"most": keeping.most}
        return f"{sentence} {most}"
    return sentence


def _attempts(job: ScheduledJob) -> str:
    again = job.max_attempts - 1
    if again < 1:
        return _("It is not tried again.")
    sentence = ngettext(
        "It is tried once more, after %(first)s.",
        "It is tried up to %(again)d times more, first after %(first)s, then twice as "
        "late each time, at most %(most)s.",
        again,
    ) % {
        "again": again,
        "first": span(job.backoff or FIRST_WAIT),
        "most": span(
            job.backoff_ceiling or max(LONGEST_WAIT, job.backoff or FIRST_WAIT)
        ),
    }
    if isinstance(job.retry_on, list) and job.retry_on:
        names = ", ".join(str(name) for name in job.retry_on)
        sentence += " " + _("Only after %(names)s.") % {"names": names}
    return sentence
