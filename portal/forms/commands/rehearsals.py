"""Changes the scenarios of a draft, and runs them: at once when they are few, as a job when they are many."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from portal.forms.commands import checks, drafting
from portal.forms.queries.checks import SCENARIOS
from portal.forms.queries.drafts import Draft
from portal.forms.scenario_reading import MOST_SCENARIOS
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.kernel.scope import Actor

# So many take well under a second, together with reading the rules.
AT_ONCE = 200


def run(actor: Actor, draft: Draft) -> None:
    """Run every scenario against the draft. Raises Forbidden."""
    if len(draft.scenarios) <= AT_ONCE:
        checks.run_now(actor, draft, SCENARIOS)
    else:
        checks.ask(actor, draft, SCENARIOS, again=True)


def add(actor: Actor, draft: Draft, seen: int, scenario: Mapping[str, Any]) -> str:
    """Add a scenario and return the id that it was given; the same one sent twice is added once.

    Raises Invalid({"scenarios": "too_many"}), and as `drafting.save`.
    """
    for known in draft.scenarios:
        if {key: value for key, value in known.items() if key != "id"} == dict(scenario):
            return str(known["id"])
    if len(draft.scenarios) >= MOST_SCENARIOS:
        raise Invalid({"scenarios": "too_many"})
    taken = {str(one.get("id")) for one in draft.scenarios}
    name = next(f"S{number}" for number in range(1, MOST_SCENARIOS + 2) if f"S{number}" not in taken)
    content = copy.deepcopy(draft.content)
    content["scenarios"] = [*draft.scenarios, {"id": name, **scenario}]
    drafting.save(actor, draft, content, seen, "scenario_added")
    return name


def changed(draft: Draft, scenario_id: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The draft's content with fields of a scenario set (title, summary, why, expected, answers); raises NotFound."""
    place = place_of(draft, scenario_id)
    content = copy.deepcopy(draft.content)
    content["scenarios"][place].update(fields)
    return content


def remove(actor: Actor, draft: Draft, seen: int, scenario_id: str) -> None:
    """Take a scenario out; one that is gone already is no mistake. Raises as `drafting.save`."""
    try:
        place = place_of(draft, scenario_id)
    except NotFound:
        if draft.state != "open":
            raise Conflict("the draft is closed", state=draft.state) from None
        return
    content = copy.deepcopy(draft.content)
    del content["scenarios"][place]
    drafting.save(actor, draft, content, seen, "scenario_removed")


def place_of(draft: Draft, scenario_id: str) -> int:
    """Where a scenario stands; raises NotFound."""
    for place, one in enumerate(draft.scenarios):
        if isinstance(one, Mapping) and str(one.get("id")) == scenario_id:
            return place
    raise NotFound("no such scenario")
