"""`portal worker`: runs the queued jobs (emails, reminders, clearing up) until it is told to stop."""

from __future__ import annotations

import argparse
import os

import procrastinate

from config import settings as configuration
from portal.app import start
from portal.cli.instance import environment
from portal.kernel import jobs

HEARTBEAT = 5.0
STALLED_AFTER = 30.0
PATIENCE = 10.0


def conninfo(url: str) -> str:
    """A SQLAlchemy address as libpq reads it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def work(url: str, *, wait: bool = True, signals: bool = True) -> None:
    """Run the jobs in the queue of one database; with `wait=False` return when the queue is empty.

    The engine must be bound and the tasks imported already (`portal.app.start` does both).
    """
    connector = procrastinate.PsycopgConnector(conninfo=conninfo(url), min_size=1, max_size=4)
    with jobs.app.replace_connector(connector):
        jobs.app.run_worker(
            wait=wait,
            install_signal_handlers=signals,
            fetch_job_polling_interval=2.0,
            shutdown_graceful_timeout=PATIENCE,
            update_heartbeat_interval=HEARTBEAT,
            stalled_worker_timeout=STALLED_AFTER,
        )


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register `portal worker`."""
    parser = commands.add_parser("worker", help="run the queued jobs until stopped")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run jobs until SIGTERM or SIGINT; a job under way is given a few seconds to end."""
    del arguments
    settings = configuration.load(environment(os.environ))
    start(settings, pool_size=2)
    work(settings.database_url)
    return 0
