"""`portal forms verify DIR`: proves the rules of a council's folder, one line a property, with counterexamples."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, TextIO

from portal.forms.families import CONCERN, FAMILIES
from portal.forms.verify import Finding, Proof, Property, telling
from portal.forms.verify.proving import verify
from portal.kernel.language import say
from portal.tenants.documents import Document, read
from portal.tenants.settings import languages_of

ENGLISH: Final = "en"
HOLDS, FAILS, REPORTED, SILENT = "holds", "FAILS", "note", "-"


def add(actions: argparse._SubParsersAction[Any]) -> None:
    """Register `portal forms verify`."""
    parser = actions.add_parser("verify", help="prove the rules of a council's folder safe, or say where they are not")
    parser.add_argument("folder", type=Path, metavar="DIR", help="a council's folder, like config/councils/avonmere")
    parser.set_defaults(run=lambda parsed: prove_folder(parsed.folder, sys.stdout))


def prove_folder(folder: Path, target: TextIO) -> int:
    """Prove every family of a folder: 0 all proofs hold, 1 one does not, 2 a file cannot be read."""
    languages = languages_of(read(folder, "council.yaml").data)
    good = True
    for family in FAMILIES:
        files = list(_files(folder, family))
        if not all((folder / document.file).exists() for document in files):
            if family != CONCERN:
                continue
            print(f"{folder} holds no {files[0].file}", file=sys.stderr)
            return 2
        broken = [mistake for document in files for mistake in document.mistakes]
        if broken:
            print("\n".join(map(str, broken)), file=sys.stderr)
            return 2
        form, thresholds = _documents(files, family)
        proof = verify(form, thresholds, languages)
        good = good and proof.holds
        target.writelines(f"{line}\n" for line in told(family, proof, form))
    return 0 if good else 1


def _files(folder: Path, family: str) -> Iterator[Document]:
    names = ["forms/concern.yaml", "thresholds.yaml", "forms/triage.yaml", "topics.yaml"]
    if family != CONCERN:
        names = [f"forms/{family}/form.yaml", f"forms/{family}/thresholds.yaml"]
    return (read(folder, name) for name in names)


def _documents(files: list[Document], family: str) -> tuple[dict[str, Any], dict[str, Any]]:
    data = [document.data if isinstance(document.data, dict) else {} for document in files]
    form, thresholds = dict(data[0]), dict(data[1])
    if family == CONCERN:
        form["triage"], thresholds["topics"] = data[2], data[3]
    return form, thresholds


def told(family: str, proof: Proof, form: dict[str, Any]) -> Iterator[str]:
    """A line for each property, and under one that fails the smallest answers that show it, in the form's words."""
    for found in proof.properties:
        yield f"{family}: {_word(found):5}  {say(found.title, ENGLISH)}{_beside(found)}"
        for finding in found.findings:
            yield from _finding(finding, form)


def _word(found: Property) -> str:
    if not found.holds:
        return FAILS if found.fatal else REPORTED
    return HOLDS if found.judged else SILENT


def _beside(found: Property) -> str:
    reasons = [f"except {one.rule}: {say(one.reason, ENGLISH)}" for one in found.exceptions]
    if not found.judged:
        reasons.append(say(found.why, ENGLISH))
    return f" ({'; '.join(reasons)})" if reasons else ""


def _finding(finding: Finding, form: dict[str, Any]) -> Iterator[str]:
    yield f"    {say(finding.message, ENGLISH)}"
    for line in telling.smallest(finding, form, ENGLISH):
        yield f"      {line.question} -> {'; '.join(line.answers)}"
    changes = telling.change(finding, form, ENGLISH)
    if changes is not None:
        before, after = changes
        yield f"      {before.question} -> {'; '.join(before.answers)}, then {'; '.join(after.answers)}"
    if finding.answers:
        yield f"      leads to {_where(finding.route, finding.fires)}"
    if finding.after is not None:
        yield f"      and then to {_where(finding.after_route, finding.after_fires)}"


def _where(route: str, fires: tuple[str, ...]) -> str:
    return f"{route or 'no route'} (rules that hold: {', '.join(fires) or 'none'})"
