"""The demonstration has people who run it, made once."""

from __future__ import annotations

import psycopg
import pytest
from flask import Flask

from config.settings import Settings
from portal.cli import demo
from portal.kernel import db

Admin = psycopg.Connection[tuple[object, ...]]


def test_two_operators_are_made_once(
    app: Flask, settings: Settings, admin: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    del app
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("DATABASE_URL_OWNER", settings.database_url_owner)
    monkeypatch.setenv("DEMO", "true")
    monkeypatch.setattr(db, "_factory", db._factory)
    first = demo.operators()
    assert demo.operators() == first
    rows = admin.execute(
        "select a.email, o.link_used_at is not null from instance_operator o join account a on a.id = o.account_id"
        " join authenticator t on t.account_id = a.id where o.ended_at is null order by 1"
    ).fetchall()
    assert rows == [(one.email, True) for one in sorted(first, key=lambda one: one.email)]
