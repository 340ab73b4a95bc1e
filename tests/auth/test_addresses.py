"""The address parser and the domain rules refuse what they should, whatever is thrown at them."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.auth import addresses, agency_rules
from portal.auth.addresses import BadAddress, parse
from portal.auth.agency_rules import DomainRule, MatchHow, match, mistake_in, overlap
from tests.auth.corpus_addresses import BAD, GOOD, MORE_BAD, NOT_TEXT, RULES

TENANT = (
    DomainRule("ysgol-enghraifft", "enghraifft.glanyrafon.sch.uk"),
    DomainRule("example-infirmary", "example.nhs.uk", "both"),
    DomainRule("practice", "nhs.net", "exact", "shared"),
    DomainRule("example-infirmary", "nhs.net", "exact", "shared"),
    DomainRule("ysgol-enghraifft", "hwbcymru.net", "exact", "shared"),
    DomainRule("probation", "justice.gov.uk", "exact", "shared"),
    DomainRule("avonmere", "avonmere.gov.uk"),
)


def test_the_corpus_is_as_large_as_it_should_be() -> None:
    assert len(set(BAD) | set(MORE_BAD)) >= 125
    assert len(GOOD) == 8


@pytest.mark.parametrize("address", GOOD)
def test_good_addresses_are_accepted(address: str) -> None:
    assert match(address, RULES).accepted


@pytest.mark.parametrize("address", [*BAD, *MORE_BAD, *NOT_TEXT])
def test_bad_addresses_are_refused(address: object) -> None:
    found = match(address, RULES)
    assert not found.accepted
    assert found.agencies == ()


@pytest.mark.parametrize(
    ("address", "accepted", "agencies", "reason"),
    [
        ("Head@Enghraifft.GlanYrAfon.SCH.UK", False, (), "role_mailbox"),
        ("s.jones@enghraifft.glanyrafon.sch.uk", True, ("ysgol-enghraifft",), "ok"),
        ("s.jones@enghraifft.glanyrafon.sch.uk.", False, (), "syntax"),
        ("s.jones@xenghraifft.glanyrafon.sch.uk", False, (), "no_agency"),
        ("s.jones@enghraifft.glanyrafon.sch.uk.co", False, (), "no_agency"),
        ("amy@pupils.enghraifft.glanyrafon.sch.uk", False, (), "learner"),
        ("s.jones@glanyrafon.sch.uk", False, (), "tier"),
        ("jo@example.nhs.uk", True, ("example-infirmary",), "ok"),
        ("jo@ward.example.nhs.uk", True, ("example-infirmary",), "ok"),
        ("jo@example.nhs.uk.evil.com", False, (), "no_agency"),
        ("jo@evil-example.nhs.uk", False, (), "no_agency"),
        ("jo@examplenhs.uk", False, (), "no_agency"),
        ("jo.bloggs@nhs.net", True, ("example-infirmary", "practice"), "shared"),
        ("jo.bloggs1@hwbcymru.net", True, ("ysgol-enghraifft",), "shared"),
        ("jo@justice.gov.uk", True, ("probation",), "shared"),
        ("jo@avonmere.gov.uk", True, ("avonmere",), "ok"),
        ("jo@nhs.uk", False, (), "tier"),
        ("jo@police.uk", False, (), "tier"),
        ("jo@gov.uk", False, (), "tier"),
        ("jo+mash@example.nhs.uk", False, (), "syntax"),
        ("jo@gmail.com", False, (), "webmail"),
        ("jo@btinternet.com", False, (), "webmail"),
        ("jo@ex\u0430mple.nhs.uk", False, (), "syntax"),
        ("jo@xn--exmple-4nf.nhs.uk", False, (), "syntax"),
        ('"jo bloggs"@example.nhs.uk', False, (), "syntax"),
        ("jo@[127.0.0.1]", False, (), "syntax"),
        ("jo%evil.com@example.nhs.uk", False, (), "syntax"),
        ("jo@example.nhs.uk\r\nBcc:x@y", False, (), "syntax"),
        ("jo@@example.nhs.uk", False, (), "syntax"),
        ("jo@example..nhs.uk", False, (), "syntax"),
        ("@example.nhs.uk", False, (), "syntax"),
        ("\uff4a\uff4f@example.nhs.uk", False, (), "syntax"),
        ("siân.ŵyn@enghraifft.glanyrafon.sch.uk", False, (), "syntax"),
    ],
)
def test_the_table_of_addresses(address: str, accepted: bool, agencies: tuple[str, ...], reason: str) -> None:
    found = match(address, TENANT)
    assert (found.accepted, found.agencies, found.reason) == (accepted, agencies, reason)


def test_one_mailbox_has_one_key_and_keeps_what_was_typed() -> None:
    typed = parse("J.Smith@OAKFIELD.Worcs.Sch.UK")
    assert typed.as_typed == "J.Smith@OAKFIELD.Worcs.Sch.UK"
    assert typed.key == parse("j.smith@oakfield.worcs.sch.uk").key
    assert typed.domain == "oakfield.worcs.sch.uk"


def test_a_refusal_does_not_repeat_the_address() -> None:
    with pytest.raises(BadAddress) as refusal:
        parse("eve.secret+x@nhs.net")
    assert "eve" not in str(refusal.value)


@pytest.mark.parametrize("domain", sorted(addresses.TIERS))
def test_no_rule_can_make_a_tier_an_agency(domain: str) -> None:
    for how in ("exact", "below", "both"):
        rule = DomainRule("any", domain, how, "shared")
        assert not match(f"jo.jones@{domain}", [rule]).accepted


@pytest.mark.parametrize(
    "rule",
    [
        DomainRule("a", "police.uk"),
        DomainRule("a", "police.uk", "both", "shared"),
        DomainRule("a", "police.uk", "below", "exclusive"),
        DomainRule("a", "nhs.uk", "below", "shared"),
        DomainRule("a", "avonmere.sch.uk", "below"),
        DomainRule("a", "gmail.com"),
        DomainRule("a", "pupils.oak.sch.uk"),
        DomainRule("a", "Oak.sch.uk"),
        DomainRule("a", "oak"),
        DomainRule("a", "xn--oak-abc.org.uk"),
        DomainRule("a", ".nhs.net"),
    ],
)
def test_mistaken_rules_are_named(rule: DomainRule) -> None:
    assert mistake_in(rule)


@pytest.mark.parametrize("rule", RULES + TENANT)
def test_sound_rules_pass(rule: DomainRule) -> None:
    assert mistake_in(rule) is None


@given(st.one_of(st.text(), st.text(alphabet=string.printable), st.builds("{}@{}".format, st.text(), st.text())))
def test_it_never_raises_and_accepts_only_plain_ascii(text: str) -> None:
    found = match(text, RULES)
    if found.accepted:
        assert text.isascii()
        assert text.isprintable()
        assert text.count("@") == 1


@given(st.sampled_from(GOOD), st.characters(), st.integers(0, 60))
def test_one_more_character_never_reaches_another_domain(address: str, extra: str, place: int) -> None:
    changed = address[:place] + extra + address[place:]
    found = match(changed, RULES)
    if found.accepted:
        domain = changed.rpartition("@")[2].lower()
        assert any(agency_rules.covers(rule, domain) for rule in RULES)
        assert changed.isascii()


@given(st.from_regex(r"[a-z0-9.-]{1,30}", fullmatch=True))
def test_a_prefix_without_a_dot_is_another_domain(prefix: str) -> None:
    found = match(f"eve@{prefix}oakfield.worcs.sch.uk", RULES)
    assert not found.accepted


ALONE = DomainRule("school", "oak.sch.uk")
PRACTICE = DomainRule("practice", "nhs.net", "exact", "shared")


def test_a_claim_that_nobody_confirmed_freezes_what_was_somebodys_alone() -> None:
    for taken in (
        DomainRule("eve", "oak.sch.uk", frozen=True),
        DomainRule("eve", "oak.sch.uk", "both", "shared", True),
    ):
        found = match("jo.jones@oak.sch.uk", [ALONE, taken])
        assert (found.accepted, found.agencies, found.reason) == (False, (), "frozen")
    below = DomainRule("trust", "example.nhs.uk", "both")
    assert (
        match("jo@ward.example.nhs.uk", [below, DomainRule("eve", "ward.example.nhs.uk", frozen=True)]).reason
        == "frozen"
    )
    assert match("jo@example.nhs.uk", [below, DomainRule("eve", "ward.example.nhs.uk", frozen=True)]).reason == "ok"


def test_on_a_shared_domain_the_new_claim_alone_waits() -> None:
    new = DomainRule("new", "nhs.net", "exact", "shared", frozen=True)
    other = DomainRule("surgery", "nhs.net", "exact", "shared")
    assert match("jo@nhs.net", [PRACTICE, other, new]).agencies == ("practice", "surgery")
    assert match("jo@nhs.net", [PRACTICE, new]).reason == "frozen"
    assert match("jo@nhs.net", [new]).reason == "frozen"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("a.org", "exact"), ("a.org", "exact"), True),
        (("a.org", "exact"), ("a.org", "below"), False),
        (("a.org", "both"), ("a.org", "below"), True),
        (("a.org", "exact"), ("b.a.org", "exact"), False),
        (("a.org", "below"), ("b.a.org", "exact"), True),
        (("a.org", "both"), ("c.b.a.org", "below"), True),
        (("a.org", "both"), ("xa.org", "exact"), False),
        (("a.org", "exact"), ("b.org", "both"), False),
    ],
)
def test_which_rules_overlap(one: tuple[str, MatchHow], other: tuple[str, MatchHow], expected: bool) -> None:
    first, second = DomainRule("1", *one), DomainRule("2", *other)
    assert overlap(first, second) is overlap(second, first) is expected
