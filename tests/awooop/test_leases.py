from __future__ import annotations

from datetime import timedelta
from threading import Thread

from django.db import connection

from awooop import clock, leases
from awooop.clock import now


def test_a_lease_is_taken_once_until_it_runs_out(db):
    at = now()
    with clock.set_to(at):
        assert leases.take("k", holder="a", seconds=60)
        assert not leases.take("k", holder="b", seconds=60)
    with clock.set_to(at + timedelta(seconds=60)):
        assert leases.take("k", holder="b", seconds=60)


def test_of_many_at_once_one_takes_it(transactional_db):
    taken = []

    def take(name: str) -> None:
        taken.append(leases.take("k", holder=name, seconds=60))
        connection.close()

    threads = [Thread(target=take, args=(str(number),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False] * 7 + [True]
