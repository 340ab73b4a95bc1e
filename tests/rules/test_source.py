"""Rules that are searches: one place commits, settings of the walls end with the transaction, nothing unsafe."""

from __future__ import annotations

import ast
import re

import pytest

from tests.rules.source import ROOT, Source, sources, tracked

COMMITS = re.compile(r"\.commit\(")
MAY_COMMIT = {"portal/kernel/db.py", "portal/web/security.py"}
SESSION_SETTINGS = re.compile(r"set_config\([^)]*,\s*false\)|\bSET\s+app\.", re.IGNORECASE)
UNSAFE = re.compile(r"\|\s*safe\b|\bMarkup\(")
# Each is reviewed: text is escaped where it is wrapped.
MAY_MARK = {
    "portal/web/templating.py", "portal/web/shell.py", "portal/web/errors.py", "portal/web/govuk.py",
    "portal/web/fields.py", "portal/web/drawn.py",
}  # fmt: skip
# HEAD is neither GET nor a form that was sent: a view asks whether it IS a POST.
ASKS_FOR_GET = re.compile(r"""request\.method\s*==\s*["']GET["']""")
# No address at all: a lock file says what, with a checksum, and never from where.
HOSTS = re.compile(r"https?://|index-url|registry *=")
# Which council is in force is asked in one place: `scope.council()`.
ASKED_AGAIN = re.compile(r"raise \w+\([\"']no council in scope")


def lines_with(pattern: re.Pattern[str], found: list[Source], allowed: set[str]) -> list[str]:
    return [
        f"{source.place}:{number}"
        for source in found
        if source.place not in allowed
        for number, line in enumerate(source.text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_one_place_commits() -> None:
    # The command line's own cluster talks to the server as its administrator, outside the product.
    found = [source for source in sources("portal") if not source.place.startswith("portal/cli/")]
    assert lines_with(COMMITS, found, MAY_COMMIT) == []


def test_settings_of_the_walls_end_with_the_transaction() -> None:
    assert lines_with(SESSION_SETTINGS, sources("portal", "migrations"), set()) == []


def test_nothing_is_marked_safe_unreviewed() -> None:
    assert lines_with(UNSAFE, sources("portal"), MAY_MARK) == []


def test_no_view_takes_a_head_for_a_form() -> None:
    found = [source for source in sources("portal") if "views" in source.place]
    assert found
    assert lines_with(ASKS_FOR_GET, found, set()) == []


def test_one_place_says_that_there_is_no_council() -> None:
    assert lines_with(ASKED_AGAIN, sources("portal"), {"portal/kernel/scope.py"}) == []


def words_in_strings(found: list[Source]) -> list[str]:
    """Where words are translated inside an f-string: what collects them for the translators does not look there."""
    return [
        f"{source.place}:{call.lineno}"
        for source in found
        for text in ast.walk(source.tree)
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        if call.func.id in ("_", "_l") or call.func.id.endswith("gettext")
    ]


def test_no_words_are_translated_inside_an_f_string() -> None:
    assert words_in_strings(sources("portal")) == []
    for words in ("_('None')", "_l('None')", "ngettext('%(num)s', '%(num)s', 1)", "x or _('None')"):
        assert words_in_strings([Source("portal/bad.py", f'x = 1\ny = f"{{{words}}}"\n')]) == ["portal/bad.py:2"], words
    assert words_in_strings([Source("portal/good.py", 'y = _("None") + f"{x}"\n')]) == []


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (ASKED_AGAIN, 'raise NotFound("no council in scope")'),
        (ASKS_FOR_GET, 'if request.method == "GET":'),
        (COMMITS, "db.session().commit()"),
        (SESSION_SETTINGS, "select set_config('app.tenant_id', :t, false)"),
        (UNSAFE, "return Markup(text)"),
        (HOSTS, "--index-url https://packages.example/simple"),
    ],
)
def test_the_searches_can_fail(pattern: re.Pattern[str], line: str) -> None:
    assert lines_with(pattern, [Source("portal/bad.py", f"x = 1\n{line}\n")], set()) == ["portal/bad.py:2"]


def test_lock_files_name_no_host() -> None:
    locks = [name for name in tracked() if name.startswith("requirements/") or name in (".npmrc", "package-lock.json")]
    found = [Source(name, (ROOT / name).read_text("utf-8")) for name in locks]
    assert locks
    assert lines_with(HOSTS, found, set()) == []
