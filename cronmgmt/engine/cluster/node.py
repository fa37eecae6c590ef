"""django-q2's Sentinel as the crew of a node."""

from __future__ import annotations

import logging
import signal
import threading
import uuid
from multiprocessing import Event
from multiprocessing.process import BaseProcess
from typing import Any

from django_q.brokers import get_broker
from django_q.cluster import Sentinel
from django_q.conf import Conf
from django_q.signals import post_execute_in_worker, post_spawn, pre_execute
from django_q.worker import worker

from cronmgmt.engine import interrupts, pulses, rings, watchdog
from cronmgmt.engine.cluster.broker import PatientBroker
from cronmgmt.engine.cluster.timers import idle_timer
from cronmgmt.engine.crew import Crew, end_without_threads

logger = logging.getLogger("cronmgmt.engine")


class Cluster(Crew):
    """Workers forked by django-q2; they get rings, and the host's own tasks."""

    def ring(self, queue: str, runs: int = 1) -> bool:
        return rings.ring(queue, runs)

    def work(self) -> None:
        _report_to_the_node()
        stop, started = Event(), Event()

        def stop_with_the_node() -> None:
            # In this process, not in the parent: only this one uses the event's lock.
            self._lifeline.wait()
            stop.set()

        threading.Thread(target=stop_with_the_node, daemon=True).start()
        broker: Any = PatientBroker(get_broker())
        _Sentinel(stop, started, uuid.uuid4(), broker, Conf.TIMEOUT)


class _Sentinel(Sentinel):
    """The Sentinel, deaf to signals: the node tells it when to stop."""

    def start(self) -> None:
        # systemd signals every process of the unit; plain django-q2 workers die of it
        # in the middle of a run. Children inherit this.
        interrupts.be_deaf(signal.SIGTERM)
        interrupts.be_deaf(signal.SIGINT)
        super().start()

    def spawn_worker(self) -> None:
        queues = (self.task_queue, self.result_queue)
        self.spawn_process(worker, *queues, idle_timer(), self.timeout)

    def reincarnate(self, process: BaseProcess) -> None:
        """End a worker whose host task timed out: by SIGKILL, it is deaf to SIGTERM."""
        if process is self.monitor and (process.exitcode or 0) < 0:
            # Killed while it waited for results, with that queue's lock: another would
            # wait for ever, and no ring would be acknowledged any more.
            pulses.send("broken")
        timer: Any = getattr(process, "timer", None)
        if timer is not None and timer.value == 0 and process.is_alive():
            process.kill()
        super().reincarnate(process)


def _report_to_the_node() -> None:
    post_spawn.connect(_up, dispatch_uid="cronmgmt")
    pre_execute.connect(_busy, dispatch_uid="cronmgmt")
    post_execute_in_worker.connect(_idle, dispatch_uid="cronmgmt")


def _up(**kwargs: Any) -> None:
    interrupts.install()
    watchdog.arm()
    end_without_threads()
    rings.hand_on_later(pulses.send_later)
    pulses.send("up")


def _busy(**kwargs: Any) -> None:
    pulses.send("busy")


def _idle(**kwargs: Any) -> None:
    pulses.send("idle")
