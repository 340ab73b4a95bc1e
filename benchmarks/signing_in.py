"""`python -m benchmarks.signing_in`: the slowest in twenty of sign-ins, next to the hash of the password alone."""

from __future__ import annotations

import argparse
import math
import re
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from uuid import uuid4

from flask import Flask
from sqlalchemy import insert

from benchmarks import servers
from config.settings import load
from portal.app import create_app
from portal.auth import passwords
from portal.auth.models import Account
from portal.kernel import clock, db, scope

PASSWORD = "marmalade thistle orbit vanish"  # noqa: S105 - of people who are made up
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
CHANGING = re.compile(r'(nonce|value|data-options)="[^"]*"')
PAGE = "/avonmere/sign-in"
HEAD = f"{'what':<34} {'median ms':>10} {'p95 ms':>8}  p95 / p95 of the hash"


def addresses(count: int) -> list[str]:
    """People who exist: one a sign-in, because the limits of one address are meant to slow it down."""
    stored = passwords.hashed(PASSWORD)
    found = [f"person.{number}@oakfield.avonmere.sch.uk" for number in range(count)]
    rows = [
        {
            "id": uuid4(), "email": one, "email_key": one, "name": "Nia Prys", "password_hash": stored,
            "email_proved_at": clock.now(),
        }
        for one in found
    ]  # fmt: skip
    with db.unit_of_work(scope.NOWHERE) as session:
        session.execute(insert(Account), rows)
    return found


def timed(work: Callable[[], object]) -> float:
    """Milliseconds by the clock: somebody waits for them."""
    start = time.perf_counter_ns()
    work()
    return (time.perf_counter_ns() - start) / 1_000_000


def sign_in(app: Flask, email: str, password: str, network: str, expected: int) -> tuple[float, str]:
    """One attempt from a browser and a network of its own: its time, and the page without what always changes."""
    client = app.test_client()
    where = {"REMOTE_ADDR": network}
    token = TOKEN.search(client.get(PAGE, environ_base=where).text)
    if token is None:
        raise servers.BenchmarkError("the page of signing in has no form")
    data = {"email": email, "password": password, "csrf_token": token.group(1)}
    start = time.perf_counter_ns()
    answer = client.post(PAGE, data=data, environ_base=where)
    took = (time.perf_counter_ns() - start) / 1_000_000
    if answer.status_code != expected:
        raise servers.BenchmarkError(f"signing in answered {answer.status_code}, not {expected}")
    return took, CHANGING.sub("", answer.text).replace(email, "")


def ranks(one: Sequence[float], other: Sequence[float]) -> tuple[float, float]:
    """Mann and Whitney's U of the first, and the probability (two-sided, by the normal distribution, without ties) of
    one as far out when both are alike."""
    placed = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    total = sum(place for place, (_value, of) in enumerate(placed, start=1) if of == 0)
    u = total - len(one) * (len(one) + 1) / 2
    middle = len(one) * len(other) / 2
    spread = math.sqrt(len(one) * len(other) * (len(one) + len(other) + 1) / 12)
    return u, 2 * statistics.NormalDist().cdf(-abs(u - middle) / spread)


def slow(times: Sequence[float]) -> float:
    """What nineteen of twenty do not exceed."""
    return statistics.quantiles(times, n=20)[-1]


def measure(app: Flask, samples: int) -> list[str]:
    """The table. All kinds take turns, so that a machine that slows down slows down all of them."""
    known = addresses(2 * samples)
    stored = passwords.hashed(PASSWORD)
    times: dict[str, list[float]] = {"the hash alone": [], "right": [], "wrong": [], "unknown": []}
    bodies: dict[str, set[str]] = {"wrong": set(), "unknown": set()}
    for number in range(samples):
        network = f"10.{number // 250}.{number % 250}."
        times["the hash alone"].append(timed(lambda: passwords.matches(stored, PASSWORD)))
        times["right"].append(sign_in(app, known[2 * number], PASSWORD, f"{network}1", 303)[0])
        stranger = f"nobody.{number}@oakfield.avonmere.sch.uk"
        for kind, email, host in (("wrong", known[2 * number + 1], 2), ("unknown", stranger, 3)):
            took, body = sign_in(app, email, "not the right password", f"{network}{host}", 422)
            times[kind].append(took)
            bodies[kind].add(body)
    if len(bodies["wrong"] | bodies["unknown"]) != 1:
        raise servers.BenchmarkError("a page tells an address that has an account from one that has none")
    floor = slow(times["the hash alone"])
    names = {"right": "right password", "wrong": "wrong password", "unknown": "address without an account"}
    lines = [
        f"{names.get(kind, kind):<34} {statistics.median(found):>10.1f} {slow(found):>8.1f}  {slow(found) / floor:.2f}"
        for kind, found in times.items()
    ]
    gap = statistics.median(times["wrong"]) - statistics.median(times["unknown"])
    u, chance = ranks(times["wrong"], times["unknown"])
    return [
        *lines,
        f"wrong password less unknown address: {gap:+.1f} ms between the medians; pages the same",
        f"Mann-Whitney of the two: U = {u:.0f}, p = {chance:.3f} (told apart below 0.01)",
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=200)
    asked = parser.parse_args(arguments)
    with servers.scratch() as home, servers.database(home) as (_cluster, found, _folders):
        app = create_app(load({**servers.environment(found), "LOG_LEVEL": "WARNING"}))
        print(HEAD)
        print("-" * len(HEAD))
        for line in measure(app, asked.samples):
            print(line)
        db.new_session().get_bind().engine.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main())
