"""Contacts of the demonstration that did not come through the portal, taken down by its screeners."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from portal.auth.agency_types import PUBLIC_ID, UNLISTED_ID
from portal.auth.models import Agency
from portal.auth.policy import Permission
from portal.cli.demo_keys import key_of
from portal.cli.demo_papers import papers
from portal.cli.demo_stories import Cast, Story, at, moment_of
from portal.forms.queries import newest
from portal.kernel import clock, db
from portal.kernel.scope import Actor, Scope
from portal.referrals.commands import contacts
from portal.referrals.commands.contacts import Given
from portal.referrals.elsewhere import Caller
from portal.referrals.models import Referral
from portal.referrals.queries.record import find
from portal.screening.commands import pairing
from portal.screening.queries.previous import LINK

NOT_LISTED = {"public": PUBLIC_ID, "unlisted": UNLISTED_ID}


def take_down(cast: Cast, story: Story) -> str:
    """Take one contact down; its reference, the same for one that was taken down before."""
    person = cast.people[story["by"]]
    once = key_of(cast.council.slug, f"contact/{story['key']}")
    with at(moment_of(cast.council, story)), db.unit_of_work(Scope(cast.council, person)) as session:
        # The moments of the demonstration move on with the day, and its words with the portal: what is there stays.
        known = session.execute(select(Referral.reference).where(Referral.submit_key == once)).scalar_one_or_none()
        if known is not None:
            return str(known)
        agency_id = NOT_LISTED.get(story["agency"])
        if agency_id is None:
            agency_id = session.execute(select(Agency.id).where(Agency.key == story["agency"])).scalar_one()
        given = Given(
            channel=story["channel"],
            agency_id=agency_id,
            caller=Caller(**story.get("caller", {})),
            route=story["route"],
            answers=dict(story["answers"]),
            language=story.get("language", "en"),
            once=once,
            received_at=clock.now() - timedelta(hours=story.get("lay", 0)),
            sure=True,
        )
        reference = contacts.log(person, newest(), given, papers(story.get("files", ())))
        if link := story.get("link"):
            _link(cast, person, reference, link)
    return reference


def _link(cast: Cast, person: Actor, reference: str, link: Story) -> None:
    """Say how a contact hangs together with an earlier story."""
    known = select(Referral.reference).where(Referral.submit_key == key_of(cast.council.slug, link["with"]))
    other = str(db.session().execute(known).scalar_one())
    here, there = (find(person, Permission.SCREEN, one) for one in (reference, other))
    pairing.say(person, here, there, pairing.Given(LINK, link["kind"], link["text"], None))
