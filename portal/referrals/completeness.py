"""How far a draft is and about whom, worked out as often as it is saved, for the lists that open no answers. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.forms.questionnaire import Form
from portal.forms.rules import Thresholds
from portal.referrals.paths import TRIAGE, walk
from portal.referrals.projecting import ChildFacts, project
from portal.referrals.routing import route


@dataclass(frozen=True)
class Progress:
    """How many of the sections that apply are complete, the first questions among them; the first child."""

    done: int
    shown: int
    child: ChildFacts | None


def progress(form: Form, thresholds: Thresholds, kind: str, saved: Mapping[str, Any], at: datetime) -> Progress:
    """Count what the list of tasks counts; `saved` is what a draft keeps of each section, by key."""
    triage = dict((saved.get(TRIAGE) or {}).get("answers", {}))
    sections = {key: body for key, body in saved.items() if key != TRIAGE}
    followed = route(form, thresholds, kind, triage, at).triage
    walked = walk(form, kind, followed, sections, thresholds.override_answer)
    keys = [section.key for section in walked.shown]
    if form.triage and kind != "urgent":
        keys.insert(0, TRIAGE)
    done = sum(key in saved and not walked.gaps(key) for key in keys)
    children = project(form, kind, walked.sections).children
    return Progress(done, len(keys), children[0] if children else None)
