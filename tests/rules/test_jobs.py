"""Jobs take identifiers and nothing else: their table is outside row-level security."""

from __future__ import annotations

import inspect

import pytest
from flask import Flask

from portal.kernel import jobs


def test_every_job_is_ours_and_takes_identifiers(app: Flask) -> None:
    del app
    ours = {name: task for name, task in jobs.app.tasks.items() if not name.startswith(("builtin:", "procrastinate."))}
    assert ours
    for name, task in ours.items():
        assert name.count(".") == 1, name
        function = inspect.unwrap(task.func)
        wrong = [key for key in inspect.signature(function).parameters if not key.endswith("_id")]
        assert wrong in ([], ["timestamp"]), name


def test_a_job_that_takes_words_is_refused() -> None:
    with pytest.raises(TypeError, match="identifiers"):
        jobs.task("bad.job")(lambda child_name: child_name)
