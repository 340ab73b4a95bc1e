"""Writes a form, its rules and its scenarios as files that `portal council apply` reads, and as a zip of them. Pure."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any, Final

import yaml

from portal.forms.files import LAYOUTS

WIDTH: Final = 120
# The same content gives the same bytes: no file says when it was written.
WRITTEN: Final = (1980, 1, 1, 0, 0, 0)


class _Writer(yaml.SafeDumper):
    """Writes plain data as people would: no aliases, lists indented, long texts as blocks of lines."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write every part out, so that a reader that refuses aliases reads it."""
        del data
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Indent lists under their key."""
        del indentless
        super().increase_indent(flow, False)

    def text(self, words: str) -> yaml.ScalarNode:
        """A text; one of several lines as a block."""
        return self.represent_scalar("tag:yaml.org,2002:str", words, style="|" if "\n" in words else None)

    def decimal(self, number: float) -> yaml.ScalarNode:
        """A number with its decimals written out: councils' files know no powers of ten."""
        return self.represent_scalar("tag:yaml.org,2002:float", f"{number:.15f}".rstrip("0") + "0")


_Writer.add_representer(str, _Writer.text)
_Writer.add_representer(float, _Writer.decimal)


def files(content: Mapping[str, Any], family: str) -> dict[str, str]:
    """The files of a content by name, in the layout of a council's folder and in the order of the documents."""
    layout = LAYOUTS[family]
    form, thresholds = dict(content["form"]), dict(content["thresholds"])
    made = {layout.form: form, layout.thresholds: thresholds}
    for name, whole, part in ((layout.triage, form, "triage"), (layout.topics, thresholds, "topics")):
        if name and part in whole:
            made[name] = whole.pop(part)
    written = {name: _yaml(made[name]) for name in layout.names() if name in made}
    scenarios = {"vignettes": content.get("scenarios") or []}
    return written | {layout.scenarios: json.dumps(scenarios, ensure_ascii=False, indent=1) + "\n"}


def zipped(written: Mapping[str, str]) -> bytes:
    """The files as one zip."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in written.items():
            archive.writestr(zipfile.ZipInfo(name, WRITTEN), text, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _yaml(document: Any) -> str:
    return str(yaml.dump(document, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=WIDTH))
