"""create_app(): the one place that wires settings, adapters, jobs and pages together."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from types import ModuleType

from flask import Flask
from procrastinate.exceptions import ConnectorException
from werkzeug.middleware.proxy_fix import ProxyFix

from config.logging import configure
from config.settings import Settings, load
from portal.adapters import case_systems, clamd, email, identity, ports, root_keys, storage
from portal.auth import guard, login, operators
from portal.files.commands import rejudging
from portal.kernel import db, jobs, ring, startup
from portal.tenants import resolve, shell
from portal.web import assets, errors, language, security, templating
from portal.web.limits import limiter

PACKAGES = (
    "tenants",
    "auth",
    "forms",
    "files",
    "referrals",
    "messaging",
    "screening",
    "letters",
    "hub",
    "stages",
    "handover",
    "onward",
    "earlyhelp",
    "transfers",
    "reports",
)


def start(settings: Settings, *, pool_size: int = 5) -> None:
    """What web, worker and command line share: logs, database, keys, mail. Refuses what is not safe."""
    configure(settings.log_level)
    engine = db.make_engine(settings.database_url, pool_size=pool_size)
    startup.refuse_unsafe(engine)
    db.bind(engine)
    ring.hold(root_keys.ring_for(settings.root_keys(), root_keys.service_for(settings.kms, settings.kms_region)))
    operators.sign_in_by(settings.portal_operator_sign_in)
    jobs.councils_from(resolve.by_id)
    notify = email.Notify(*settings.notify())
    ports.use_mailer(email.mailer_for(settings.mail, settings.mail_from, notify, settings.mail_return))
    ports.use_store(storage.store_for(settings.storage, settings.s3()))
    ports.use_scanner(clamd.scanner_for(settings.scanner, settings.scanner_days))
    rejudging.look_at_files_of(settings.rescan_days)
    # Without https we are on a developer's own machine, and so may the provider be.
    ports.use_identities(identity.OverHttp(local=not settings.secure))
    ports.use_case_systems(case_systems.case_systems_for(settings.case_system_networks))
    ports.use_addresses(settings.base_url, settings.mail_from)
    for package in PACKAGES:
        _room(package, "tasks")


def create_app(settings: Settings | None = None) -> Flask:
    """The web application. Raises SettingsMistakes or RefusesToStart with every reason."""
    settings = settings or load(os.environ)
    start(settings, pool_size=settings.threads + 2)
    app = security.PortalFlask("portal", static_folder=None, root_path=str(Path(__file__).parent))
    app.secret_key = settings.secret_key
    app.config.update(DEMO=settings.demo, BASE_URL=settings.base_url, RATELIMIT_ENABLED=True)
    login.register(app, secure=settings.secure)
    language.register(app)
    templating.register(app, council=shell.council, account=shell.account, demo=settings.demo)
    errors.register(app, outages=(*errors.OUTAGES, ConnectorException))
    security.register(app, secure=settings.secure)
    guard.register(app)
    limiter.init_app(app)
    for package in PACKAGES:
        views = _room(package, "views")
        if views is not None:
            views.register(app)
    _wrap(app, settings)
    resolve.remember()
    return app


def _room(package: str, room: str) -> ModuleType | None:
    """A package's room, if it has one; a mistake inside the room is not hidden."""
    name = f"portal.{package}.{room}"
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name == name:
            return None
        raise


def _wrap(app: Flask, settings: Settings) -> None:
    """The layers in front of the application, from the inside out: council, assets, our own proxies."""
    app.wsgi_app = resolve.CouncilAddresses(app.wsgi_app)  # type: ignore[method-assign] # Flask's documented way
    assets.register(app)
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign] # Flask's documented way
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
