"""Brokers that forget, stand still or are gone: they carry rings, never work."""

from __future__ import annotations

import random
import time

from tests.chaos.faults import fault
from tests.chaos.stage import LEASE, Stage


@fault("the broker forgets everything")
def flush(stage: Stage, chance: random.Random) -> None:
    if stage.redis is None:
        stage.execute("DELETE FROM django_q_ormq")
    else:
        stage.redis.flush()


@fault("Redis is killed and started again empty", brokers=["redis"])
def restart_empty(stage: Stage, chance: random.Random) -> None:
    assert stage.redis
    stage.redis.kill()
    time.sleep(chance.choice([0.0, LEASE / 2]))
    stage.redis.start()


@fault("every connection to Redis is cut", brokers=["redis"])
def cut(stage: Stage, chance: random.Random) -> None:
    assert stage.redis
    stage.redis.proxy.cut()


@fault("Redis says nothing for a second or for two leases", brokers=["redis"])
def stall(stage: Stage, chance: random.Random) -> None:
    assert stage.redis
    stage.redis.proxy.stall(yes=True)
    time.sleep(chance.choice([1.0, 2 * LEASE]))
    stage.redis.proxy.stall(yes=False)


@fault("Redis cannot be reached for two leases", brokers=["redis"])
def refuse(stage: Stage, chance: random.Random) -> None:
    assert stage.redis
    stage.redis.proxy.refuse(yes=True)
    time.sleep(2 * LEASE)
    stage.redis.proxy.refuse(yes=False)
