"""What the demonstration's form designers have published and work on, made through the commands of their pages."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from portal.cli.demo_stories import Cast
from portal.forms.commands import checks, comments, drafting, releasing
from portal.forms.models import FormDraft
from portal.forms.queries.checks import PROOF
from portal.forms.queries.drafts import Draft, find
from portal.kernel import db, scope
from portal.kernel.scope import Actor, Scope

Work = Mapping[str, Any]


def design(cast: Cast, work: Work) -> bool:
    """Do one piece of work on a form, up to its publication if somebody approves; False when it was done before."""
    author = cast.people[work["by"]]
    if _done(cast, author, work):
        return False
    with db.unit_of_work(Scope(cast.council, author)):
        draft_id = drafting.start(author, work["form"])
    for one in work["change"]:
        with db.unit_of_work(Scope(cast.council, author)):
            _change(author, find(author, draft_id), one)
    for said in work.get("comments", ()):
        person = cast.people[said["by"]]
        with db.unit_of_work(Scope(cast.council, person)):
            comments.add(person, find(person, draft_id), said["text"], uuid4(), said.get("place", ""))
    approver = cast.people[work["approve"]] if "approve" in work else None
    for kind in work.get("check", ()):
        # The worker runs these, as it does for a page: a proof with counterexamples takes a while.
        with db.unit_of_work(Scope(cast.council, author)):
            checks.ask(author, find(author, draft_id), kind)
    if approver is not None:
        _publish(cast, author, approver, draft_id, work["note"])
    return True


def _done(cast: Cast, author: Actor, work: Work) -> bool:
    """Whether this person has begun a draft of this form before, whatever has become of it."""
    with db.unit_of_work(Scope(cast.council, scope.SYSTEM)) as session:
        query = select(FormDraft.id).where(FormDraft.author_id == author.account_id, FormDraft.form_key == work["form"])
        return session.execute(query.limit(1)).scalar_one_or_none() is not None


def _publish(cast: Cast, author: Actor, approver: Actor, draft_id: UUID, note: str) -> None:
    with db.unit_of_work(Scope(cast.council, author)):
        checks.run_now(author, find(author, draft_id), PROOF)
    with db.unit_of_work(Scope(cast.council, author)):
        draft = find(author, draft_id)
        releasing.submit(author, draft, draft.version, releasing.Submission(note))
    with db.unit_of_work(Scope(cast.council, approver)):
        draft = find(approver, draft_id)
        releasing.publish(approver, draft, draft.version)


def _change(author: Actor, draft: Draft, change: Work) -> None:
    """Set what a change says of a question, rule or scenario; raises KeyError when there is none."""
    content = copy.deepcopy(draft.content)
    what = next(one for one in ("question", "rule", "scenario") if one in change)
    name = change[what]
    found = next((one for one in _things(content, what) if one.get("key", one.get("id")) == name), None)
    if found is None:
        raise KeyError(name)
    found.update({key: value for key, value in change.items() if key != what})
    drafting.save(author, draft, content, draft.version, f"{what}_changed")


def _things(content: Mapping[str, Any], what: str) -> Iterator[dict[str, Any]]:
    form = content["form"]
    if what == "question":
        for part in (*form["triage"]["pages"], *form["sections"]):
            yield from part["questions"]
    else:
        yield from content["thresholds"]["rules"] if what == "rule" else content["scenarios"]
