"""How the web server runs: few processes, some threads, bounded patience, nothing kept in the home folder."""

from __future__ import annotations

import os
from pathlib import Path

bind = f"{os.environ.get('LISTEN') or '127.0.0.1'}:{os.environ.get('PORT') or '8000'}"
worker_class = "gthread"
workers = int(os.environ.get("WORKERS") or "2")
threads = int(os.environ.get("THREADS") or "4")

# A request takes well under a second; one that takes this long is stuck, and its worker is replaced.
timeout = 60
graceful_timeout = 15
keepalive = 5

# A header may not rename the address: where our own proxy stands, the portal's PROXIES setting reads its headers.
forwarder_headers = ""

# Room for a long address and a few cookies, and no more.
limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190

# Heartbeats of the workers go to memory: a slow disk must not look like a dead worker.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - a private file
control_socket_disable = True
accesslog = None
loglevel = (os.environ.get("LOG_LEVEL") or "INFO").lower()
