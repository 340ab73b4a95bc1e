"""`python -m benchmarks.uploads`: many large files attached at once, and the most memory that the server needs.

One process with a thread for each upload, its decoders included; proportional memory (PSS). Over the limit ends with 1.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import re
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks import cpu, seed, servers
from config.settings import load
from portal import app
from portal.forms.folder import CouncilFolder
from portal.kernel import db
from portal.tenants import resolve

SLUG = "avonmere"
LIMIT = 700.0  # megabytes
MEGABYTE = 2**20
LINE = b"She came in without a coat again and said that nobody was at home when she woke up.\n"
BOUNDARY = "between-the-parts"
PATIENCE = 300.0
SEE_OTHER = 303


def drafts(environ: Mapping[str, str], folder: CouncilFolder, number: int) -> list[tuple[str, str]]:
    """A draft each for so many people: the person's cookie and the address of the draft's files."""
    app.start(load(environ), pool_size=1)
    resolve.forget()
    council = resolve.by_slug(SLUG)
    _screener, people = seed.people(council, number)
    made = [(one.cookie, f"/{SLUG}/report/{seed.drafts(council, folder, one, 1)[0].id}/files") for one in people]
    db.new_session().get_bind().engine.dispose()
    return made


def body(token: str, number: int, megabytes: int) -> tuple[int, Iterator[bytes]]:
    """The length and the pieces of a form with one file, no two files alike."""
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token}\r\n--{BOUNDARY}\r\n'
        f'Content-Disposition: form-data; name="files"; filename="notes-{number}.txt"\r\n'
        f"Content-Type: text/plain\r\n\r\n{number}\n"
    ).encode()
    tail = f"\r\n--{BOUNDARY}--\r\n".encode()
    piece = LINE * (MEGABYTE // len(LINE))
    pieces = [head, *([piece] * megabytes), tail]
    return sum(map(len, pieces)), iter(pieces)


def upload(port: int, draft: tuple[str, str], number: int, megabytes: int, wrong: list[str]) -> None:
    """Read the page, then send the file as its form does."""
    cookie, path = draft
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", path, headers={"Cookie": cookie})
    token = re.search(rb'name="csrf_token" value="([^"]+)"', connection.getresponse().read())
    if token is None:
        wrong.append("no form")
        return
    length, pieces = body(token.group(1).decode(), number, megabytes)
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    headers = {"Cookie": cookie, "Content-Type": kind, "Content-Length": str(length)}
    # A refusal may come before the whole body was read.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        connection.request("POST", path, pieces, headers)
    status = connection.getresponse().status
    if status != SEE_OTHER:
        wrong.append(str(status))


def measured(server: servers.Server, made: list[tuple[str, str]], megabytes: int) -> tuple[float, float, float]:
    """Memory before, the most while all upload, and the seconds until the last has its answer."""
    before, most = sum(cpu.megabytes(cpu.tree(server.pid)).values()), 0.0
    wrong: list[str] = []
    threads = [
        threading.Thread(target=upload, args=(server.port, draft, number, megabytes, wrong))
        for number, draft in enumerate(made)
    ]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        most = max(most, sum(cpu.megabytes(cpu.tree(server.pid)).values()))
        time.sleep(0.2)
    if wrong:
        raise servers.BenchmarkError(f"not attached: {wrong}\n{server.last_words()}")
    return before, most, time.monotonic() - begun


def main() -> int:
    """Start everything, upload, print a line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--files", type=int, default=20)
    options.add_argument("--megabytes", type=int, default=24)
    asked = options.parse_args()
    with servers.scratch() as home, servers.database(home) as (_cluster, addresses, folders):
        folder = next(one for one in folders if one.settings.slug == SLUG)
        store = {"STORAGE": str(Path(home) / "files"), "WORKERS": "1", "THREADS": str(asked.files)}
        environ = servers.environment(addresses, **store)
        made = drafts(environ, folder, asked.files)
        command = [sys.executable, "-P", "-m", "portal.cli", "serve"]
        with servers.serving(command, environ, "/live", home / "product.log") as server:
            before, most, seconds = measured(server, made, asked.megabytes)
    print("files   MB each   MB before   MB at most   seconds")
    print(f"{asked.files:>5} {asked.megabytes:>9} {before:>11.0f} {most:>12.0f} {seconds:>9.1f}")
    return int(most > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
