"""Databases that are cut off, stand still, are locked, full or killed."""

from __future__ import annotations

import random
import time

from tests.chaos.faults import SERVERS, fault
from tests.chaos.stage import LEASE, Stage


@fault("every connection to the database is cut", kinds=SERVERS)
def cut(stage: Stage, chance: random.Random) -> None:
    assert stage.proxy
    stage.proxy.cut()


@fault("the database's answer is lost", kinds=SERVERS)
def lose_answer(stage: Stage, chance: random.Random) -> None:
    assert stage.proxy
    for _ in range(3):
        stage.proxy.lose_answers()
        time.sleep(0.1)


@fault("the database closes one half of each connection", kinds=SERVERS)
def half_close(stage: Stage, chance: random.Random) -> None:
    assert stage.proxy
    stage.proxy.half_close()


@fault(
    "the database says nothing for a second or for two leases",
    kinds=SERVERS,
    repeats=True,
)
def stall(stage: Stage, chance: random.Random) -> None:
    assert stage.proxy
    stage.proxy.stall(yes=True)
    time.sleep(chance.choice([1.0, 2 * LEASE]))
    stage.proxy.stall(yes=False)


@fault("the database cannot be reached for half a lease", kinds=SERVERS)
def refuse(stage: Stage, chance: random.Random) -> None:
    assert stage.proxy
    stage.proxy.refuse(yes=True)
    time.sleep(LEASE / 2)
    stage.proxy.refuse(yes=False)


@fault("the database server is killed and started again", kinds=SERVERS, repeats=True)
def restart(stage: Stage, chance: random.Random) -> None:
    assert stage.server
    stage.server.kill()
    stage.server.start()
    stage.forget_connection()


@fault("an outsider locks the table of runs for a second", kinds=["postgresql"])
def lock_table(stage: Stage, chance: random.Random) -> None:
    stage.execute("BEGIN", "LOCK TABLE cronmgmt_jobrun IN EXCLUSIVE MODE", hold=1.0)


@fault("an outsider locks the rows of jobs for a second", kinds=SERVERS)
def lock_jobs(stage: Stage, chance: random.Random) -> None:
    stage.execute("BEGIN", "SELECT id FROM cronmgmt_scheduledjob FOR UPDATE", hold=1.0)


@fault("an outsider holds the whole file for a second", kinds=["sqlite"])
def lock_file(stage: Stage, chance: random.Random) -> None:
    stage.execute("BEGIN EXCLUSIVE", hold=1.0)


@fault("the disk is full", repeats=True)
def fill_disk(stage: Stage, chance: random.Random) -> None:
    stage.fill_disk(yes=True)
    time.sleep(LEASE * chance.choice([0.5, 2.0]))
    stage.fill_disk(yes=False)
    if stage.server:
        stage.server.start()  # It may have given up.


@fault("the database takes no changes", repeats=True)
def read_only(stage: Stage, chance: random.Random) -> None:
    stage.read_only(yes=True)
    time.sleep(LEASE * chance.choice([0.5, 2.0]))
    stage.read_only(yes=False)
