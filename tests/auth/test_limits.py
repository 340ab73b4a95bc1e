"""Limits: exact when used at once, per network and per address, delays that end, with numbers to ring."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
from flask import Flask

from portal.auth.tasks import tidy
from portal.web.limits import PostgresStorage, by_network
from tests.auth.walking import PASSWORD, Walker, make_account

EMAIL = "s.jones@oakfield.avonmere.sch.uk"
Admin = psycopg.Connection[tuple[object, ...]]


def test_counts_are_exact_with_several_at_once(app: Flask) -> None:
    storage = PostgresStorage()
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda _number: storage.incr("key", 60), range(60)))
    assert sorted(counts) == list(range(1, 61))
    assert storage.get("key") == 60


def test_a_network_of_ipv6_is_its_first_half(app: Flask) -> None:
    def key(address: str) -> str:
        with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            return by_network()

    assert key("2001:db8:1:2::1") == key("2001:db8:1:2:ffff:ffff:ffff:fffe") == "2001:db8:1:2::/64"
    assert key("2001:db8:1:3::1") != key("2001:db8:1:2::1")
    assert key("fe80::1%eth0") == "fe80::/64"
    assert (key("192.0.2.7"), key("192.0.2.8"), key("::zz")) == ("192.0.2.7", "192.0.2.8", "::zz")


def test_counts_that_are_over_are_deleted(app: Flask, admin: Admin) -> None:
    PostgresStorage().incr("old", 60)
    admin.execute("update rate_limit set expires_at = now() - interval '2 hours'")
    PostgresStorage().incr("new", 60)
    tidy(0)
    assert admin.execute("select count(*) from rate_limit").fetchone() == (1,)


def test_of_many_tries_at_once_exactly_ten_are_heard(walker: Walker) -> None:
    token = walker.token("/sign-in")
    cookie = walker.client.get_cookie("session")
    assert cookie is not None

    def guess(number: int) -> int:
        client = walker.client.application.test_client()
        client.set_cookie("session", cookie.value, domain="localhost")
        data = {"email": EMAIL, "password": f"guess {number}", "csrf_token": token}
        return client.post("/avonmere/sign-in", data=data).status_code

    with ThreadPoolExecutor(2) as pool:
        statuses = list(pool.map(guess, range(30)))
    assert sorted(statuses) == [422] * 10 + [429] * 20


def test_the_delay_says_where_to_ring_and_ends(walker: Walker, admin: Admin) -> None:
    make_account(EMAIL)
    for _ in range(11):
        answer = walker.post("/sign-in", {"email": EMAIL, "password": "wrong wrong wrong"})
    assert answer.status_code == 429
    assert "01632 960210" in answer.text
    assert "999" in answer.text
    assert walker.post("/sign-in", {"email": EMAIL, "password": PASSWORD}).status_code == 429
    admin.execute("update rate_limit set expires_at = now()")
    assert walker.post("/sign-in", {"email": EMAIL, "password": PASSWORD}).status_code == 303


def test_tries_from_elsewhere_do_not_lock_the_person_out(new_walker: Callable[[], Walker]) -> None:
    make_account(EMAIL)
    thief, person = new_walker(), new_walker()
    thief.network, person.network = "198.51.100.7", "192.0.2.9"
    for _ in range(12):
        thief.post("/sign-in", {"email": EMAIL, "password": "wrong wrong wrong"})
    assert person.post("/sign-in", {"email": EMAIL, "password": PASSWORD}).status_code == 303


def test_keys_are_stored_hashed(walker: Walker, admin: Admin) -> None:
    walker.post("/sign-in", {"email": EMAIL, "password": "wrong wrong wrong"})
    keys = [str(row[0]) for row in admin.execute("select key from rate_limit").fetchall()]
    assert keys
    assert all(len(key) == 64 for key in keys)


def test_reading_pages_is_not_limited(walker: Walker) -> None:
    for _ in range(12):
        assert walker.get("/sign-in").status_code == 200
