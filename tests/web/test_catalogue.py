"""The Welsh catalogue: complete, no word of it left in English, and with the same gaps to fill in as the English."""

from __future__ import annotations

import gettext
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from portal.kernel.language import CATALOGUES, words

ROOT = Path(__file__).resolve().parents[2]
WELSH = CATALOGUES / "cy" / "LC_MESSAGES" / "messages.po"
GAP = re.compile(r"%\(\w+\)[a-z]|%%|\{\w*\}")
LETTER = re.compile(r"[^\W\d_]{2,}")
# Words that are the same in both languages.
SAME_IN_WELSH = frozenset({"Logo"})
ENDS = re.compile(r"[:.?!]?\s*$")
# Numbers whose nouns change differently, with the form that each takes.
FORMS = {0: 0, 1: 1, 2: 2, 3: 3, 4: 0, 5: 0, 6: 4, 7: 0, 11: 0, 100: 0}


@pytest.fixture(scope="module")
def welsh() -> Catalog:
    with WELSH.open("rb") as file:
        return read_po(file, locale="cy")


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What the product says now, found as `make translations` finds it."""
    found = tmp_path_factory.mktemp("catalogue") / "messages.pot"
    keywords = re.findall(r"--keyword \S+", (ROOT / "Makefile").read_text("utf-8"))
    options = [*" ".join(keywords).split(), "--mapping-file", "babel.cfg", "--output-file", str(found), "."]
    command = [sys.executable, "-P", "-m", "babel.messages.frontend", "--quiet", "extract", *options]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    with found.open("rb") as file:
        return read_po(file)


def ids(catalogue: Catalog) -> set[object]:
    """Every text, without the header."""
    return {message.id for message in catalogue if message.id}


def english(message: Message) -> list[str]:
    """A text's English forms: one, or two where it counts."""
    return [message.id] if isinstance(message.id, str) else list(message.id)


def forms(message: Message) -> list[str]:
    """A text's Welsh forms."""
    return [message.string] if isinstance(message.string, str) else list(message.string or ("",))


def unfinished(catalogue: Catalog) -> list[str]:
    """Texts with an empty form, with too few forms, or marked as guessed."""
    wanted = catalogue.num_plurals
    return [
        english(message)[0]
        for message in catalogue
        if message.id
        and (message.fuzzy or not all(forms(message)) or (message.pluralizable and len(forms(message)) != wanted))
    ]


def other_gaps(catalogue: Catalog) -> list[str]:
    """Texts whose Welsh would leave out a detail, or ask for one that nobody gives."""
    return [
        english(message)[0]
        for message in catalogue
        if message.id
        and any(sorted(GAP.findall(form)) != sorted(GAP.findall(english(message)[-1])) for form in forms(message))
    ]


def left_in_english(catalogue: Catalog) -> list[str]:
    """Texts whose Welsh is the English; a text of gaps and signs only has nothing to translate."""
    return [
        form
        for message in catalogue
        if message.id
        for form in forms(message)
        if form in english(message) and form not in SAME_IN_WELSH and LETTER.search(GAP.sub("", form))
    ]


def other_endings(catalogue: Catalog) -> list[str]:
    """Texts whose Welsh ends another way: a colon or a full stop lost, a line more or less."""
    return [
        form
        for message in catalogue
        if message.id
        for form in forms(message)
        if ending(form) != ending(english(message)[-1]) or form.count("\n") != english(message)[-1].count("\n")
    ]


def ending(text: str) -> str:
    """The sign and the spaces that a text ends with."""
    found = ENDS.search(text)
    return found.group() if found else ""


def test_every_text_of_the_product_is_in_it_and_no_other(welsh: Catalog, fresh: Catalog) -> None:
    assert len(ids(fresh)) > 500
    assert sorted(map(str, ids(fresh) - ids(welsh))) == [], "run: make translations"
    assert sorted(map(str, ids(welsh) - ids(fresh))) == [], "run: make translations"


def test_every_text_is_translated(welsh: Catalog) -> None:
    assert unfinished(welsh) == []


def test_the_gaps_agree(welsh: Catalog) -> None:
    assert other_gaps(welsh) == []


def test_nothing_is_left_in_english(welsh: Catalog) -> None:
    assert left_in_english(welsh) == []


def test_the_endings_agree(welsh: Catalog) -> None:
    assert other_endings(welsh) == []


def test_it_says_that_it_is_a_draft(welsh: Catalog) -> None:
    assert "Drafft: i'w wirio gan gyfieithydd cymwys" in welsh.header_comment
    assert not welsh.fuzzy


def test_it_compiles_and_counts_in_welsh(welsh: Catalog) -> None:
    compiled = BytesIO()
    write_mo(compiled, welsh)
    compiled.seek(0)
    read = gettext.GNUTranslations(compiled)
    for message in welsh:
        for number, form in FORMS.items() if message.pluralizable else ():
            one, more = english(message)
            assert read.ngettext(one, more, number) == forms(message)[form]
    assert read.ngettext("%(num)s day", "%(num)s days", 2) == "%(num)s ddiwrnod"


def test_what_is_read_is_what_is_written(welsh: Catalog) -> None:
    stale = [
        message.id
        for message in welsh
        if isinstance(message.id, str) and message.id and words("cy", message.id) != message.string
    ]
    assert stale == [], "run: make build"


def test_the_checks_can_fail() -> None:
    poor = Catalog(locale="cy")
    poor.add("Hello %(name)s.", "Helo")
    poor.add("Back", "Back")
    poor.add("Next", "")
    poor.add("Guessed", "Dyfalwyd", flags=["fuzzy"])
    poor.add(("%(num)s day", "%(num)s days"), ("%(num)s diwrnod",) * 4)
    poor.add("%(name)s, %(age)s", "%(name)s, %(age)s")
    assert unfinished(poor) == ["Next", "Guessed", "%(num)s day"]
    assert other_gaps(poor) == ["Hello %(name)s."]
    assert left_in_english(poor) == ["Back"]
    assert other_endings(poor) == ["Helo"]
