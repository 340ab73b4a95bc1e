"""One report from registration to outcome, told in steps; the council and the language are given."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import expect

from portal.forms.questionnaire import NOT_KNOWN, Form
from portal.kernel.language import say
from portal.kernel.scope import Council
from tests.factories.people import Person, make_person
from tests.journeys.answering import answer_section, answer_triage
from tests.journeys.deciding import choose_outcome, say_why
from tests.journeys.walking import PASSWORD, Mail, Walker

NAME = "Ffion Llwyd-Brâd"
BORN: Mapping[str, Any] = {
    "child_unborn": "no", "child_first_name": "Siân", "child_last_name": "O'Brien", "child_dob_known": "exact",
    "child_dob": (27, 3, 2019), "child_postcode": "AA3 1AB", "child_address": "4 Fictional Row",
    "child_school": "Canal Street School", "child_sex": "female", "child_address_secret": "no",
}  # fmt: skip
UNBORN: Mapping[str, Any] = {
    "child_unborn": "yes", "child_edd": NOT_KNOWN, "child_last_name": "O'Brien", "child_address_secret": "no",
}  # fmt: skip
MOTHER: Mapping[str, Any] = {"person_name": "Mair O'Brien", "person_relationship": "parent"}
SECTIONS: Mapping[str, Any] = {
    "ref_phone": "01632 960300", "ref_on_behalf": "no", "ref_phoned": "no", "ref_source_type": ["saw_or_heard"],
    "cfc_danger": "no", "cfc_worker_risk": "no", "cc_categories": ["neglect"], "cc_main": "neglect",
    "sos_what_happened": "On Monday she was hungry again.\nShe said: “Does dim bwyd.”",
    "con_told": "yes", "con_agree": "agree", "con_who": "Mair", "con_early_help": "yes",
}  # fmt: skip
QUESTION = "Does she have a coat for the winter? Oes ganddi gôt?"
REPLY = "No: she comes in a jumper. Nac oes."
RATIONALE = "Hungry on three days; a parent agrees to help."


@dataclass
class Story:
    """What the people of the story have at hand; `walk` opens a browser for another person."""

    walk: Callable[..., Walker]
    council: Council
    language: str
    form: Form
    mail: Mail
    scenario: Mapping[str, Any]
    agency: str
    address: str
    teacher: Walker = field(init=False)
    lead: Person = field(init=False)
    screener: Walker = field(init=False)
    reference: str = ""

    # --- registration ---------------------------------------------------------------------------------------------

    def given_an_agency_whose_lead_the_council_has_approved(self) -> None:
        self.lead = make_person(self.council, role="agency_lead", agency=self.agency, language=self.language)
        make_person(self.council, role="agency_lead", agency=self.agency, state="ended")

    def given_a_teacher_who_chooses_council_and_language_on_the_first_page(self) -> None:
        self.teacher = self.walk(self.council)
        page = self.teacher.page
        page.context.clear_cookies()
        page.goto("/")
        if self.language == "cy":
            page.get_by_role("link", name="Cymraeg").click()
        page.get_by_role("link", name=say(self.council.name, self.language)).click()
        self.teacher.language = self.language
        self.teacher.arrive().sees_heading("Tell us that you are worried about a child, or make a request")
        hub = self.council.settings.phones.hub
        first = page.get_by_role("main").get_by_role("heading").first
        expect(first).to_contain_text("999")
        self.teacher.sees(hub.number).sees(say(hub.name, self.language))

    def when_she_registers_with_her_work_address(self) -> None:
        teacher = self.teacher
        teacher.follow("Register with your work email address").sees_heading("Create an account")
        teacher.fill("Your full name", NAME).fill("Your job title", "Deputy head")
        teacher.fill("Your work email address", self.address)
        teacher.choose("No", "Are you your agency's safeguarding lead?").press("Continue")
        teacher.sees_heading("Your agency")
        teacher.page.get_by_role("main").get_by_role("radio").first.check()
        teacher.press("Continue").sees_heading("Check your email")
        teacher.enter_code(self.mail, self.address)
        teacher.sees_heading("Choose a password").fill("Choose a password", PASSWORD).press("Create account")
        teacher.set_up_app()

    def then_she_waits_and_may_only_send_an_urgent_report(self) -> None:
        self.teacher.sees_heading("Waiting for approval").press("Report a concern")
        self.teacher.sees_heading("Report a concern or make a request")
        expect(self.teacher.button(self.teacher.say("Start a report"))).to_have_count(0)
        expect(self.teacher.button(self.teacher.say("Urgent: short form"))).to_be_visible()

    def when_the_lead_approves_her(self) -> None:
        letter = self.mail.letters(self.lead.email)[0]
        assert NAME not in letter
        lead = self.walk(self.council, self.lead, language=self.language)
        lead.open("/people").sees_heading("People").sees(self.address)
        lead.press("Approve %(name)s", name=NAME).sees(lead.say("Approved. We have emailed them."))
        assert lead.say("Your account is approved") in self.mail.letters(self.address)[0]

    def when_she_signs_out_and_in_again(self) -> None:
        self.teacher.press("Sign out").sees_heading("Sign in").sign_in(self.address)
        self.teacher.sees_heading("My reports and requests")

    # --- the report -----------------------------------------------------------------------------------------------

    def when_she_answers_the_first_questions(self) -> None:
        self.teacher.press("Report or request").press("Start a report")
        answer_triage(self.teacher, self.form, self.scenario["answers"])

    def then_she_sees_where_it_goes_and_why(self, route: str, why: str) -> None:
        self.teacher.sees_heading(route)
        for heading in ("What will happen", "Who decides", "Why"):
            expect(self.teacher.page.get_by_role("heading", name=self.teacher.say(heading), exact=True)).to_be_visible()
        self.teacher.sees(why).sees(self.council.settings.phones.hub.number)

    def when_she_fills_in_some_sections_and_comes_back_later(self) -> None:
        teacher, form = self.teacher, self.form
        teacher.press("Continue to the report").sees_heading("Your report")
        self._section("referrer", button="Save and come back later")
        teacher.sees_heading("Your report").open("/report")
        teacher.page.get_by_role("main").get_by_role("listitem").get_by_role("link").first.click()
        teacher.arrive().sees_heading("Your report")
        self._several("children", [BORN, UNBORN])
        self._several("people", [MOTHER])
        if any(section.key == "voice" for section in form.sections):
            self._several("voice", [{}])
        for section in form.sections:
            if section.repeat is None and section.key != "referrer" and self._applies(section.key):
                self._section(section.key)

    def _applies(self, key: str) -> bool:
        """Whether the task list shows the section: one about a category of concern only when that was chosen."""
        return self.teacher.link(say(self.form.section(key).title, self.language)).count() > 0

    def _section(self, key: str, button: str = "Save and continue") -> None:
        section = self.form.section(key)
        self.teacher.follow(say(section.title, self.language))
        answer_section(self.teacher, section, SECTIONS, button)

    def _several(self, key: str, items: list[Mapping[str, Any]]) -> None:
        section = self.form.section(key)
        assert section.repeat is not None
        item = say(section.repeat.item, self.language)
        self.teacher.follow(say(section.title, self.language))
        for place, wanted in enumerate(items):
            if place or not section.repeat.min:
                self.teacher.press("Add another: %(item)s" if place else "Add: %(item)s", item=item)
            answer_section(self.teacher, section, wanted)
        self.teacher.press("Continue")

    def when_she_checks_her_answers_and_sends(self) -> None:
        teacher = self.teacher
        teacher.sees_heading("Your report").press("Check your answers")
        teacher.sees_heading("Check your answers before you send your report")
        teacher.sees("Siân").sees("Does dim bwyd").sees(teacher.say("Your report is not sent yet."))
        teacher.press("Send report")

    def then_the_receipt_and_the_email_carry_the_reference_and_no_name(self) -> None:
        self.teacher.sees_heading("Report sent")
        self.reference = self.teacher.reference()
        letter = self.mail.letters(self.address)[0]
        assert self.reference in letter
        assert f"/{self.council.slug}/referrals/{self.reference}" in letter
        for private in ("Siân", "O'Brien", "SO", NAME, "bwyd"):
            assert private not in letter.replace(self.reference, ""), private
        expect(self.teacher.page.locator("html")).to_have_attribute("lang", self.language)

    def then_going_back_shows_the_receipt_and_sends_nothing_again(self) -> None:
        self.teacher.page.go_back()
        self.teacher.arrive().sees_heading("Report sent").sees(self.reference)

    # --- screening ------------------------------------------------------------------------------------------------

    def when_a_screener_opens_it_claims_it_and_asks(self) -> None:
        person = make_person(self.council, role="screener", name="Owain Screening", language=self.language)
        self.screener = self.walk(self.council, person, language=self.language)
        screener = self.screener
        screener.open("/holding-area").sees_heading("Holding area").follow(self.reference)
        screener.sees("Siân").sees("Does dim bwyd").press("Claim this report")
        screener.fill("Your question to the referrer", QUESTION).press("Send question").sees(QUESTION)

    def then_she_is_told_reads_it_and_replies(self) -> None:
        letter = self.mail.letters(self.address)[0]
        assert QUESTION[:10] not in letter
        teacher = self.teacher.open(f"/referrals/{self.reference}")
        teacher.sees(QUESTION).does_not_see("Owain Screening")
        teacher.fill("Your reply", REPLY).press("Send reply").sees(REPLY)

    def then_it_is_back_at_the_top_of_the_holding_area(self) -> None:
        self.screener.open("/holding-area")
        rows = self.screener.page.get_by_role("row")
        expect(rows.nth(1)).to_contain_text(self.reference)
        expect(rows.nth(1)).to_contain_text(self.screener.say("Unread reply"))
        self.screener.follow(self.reference).sees(REPLY)

    def when_the_screener_decides(self) -> None:
        screener, outcome = self.screener, self.council.settings.outcomes[0]
        say_why(choose_outcome(screener), RATIONALE)
        told = screener.page.get_by_label(screener.say("What should the referrer read?"), exact=True)
        expect(told).to_have_value(re.compile("^" + re.escape(say(outcome.tell, self.language).strip())))
        screener.press("Record the outcome").sees(RATIONALE)

    def then_she_reads_the_outcome_and_what_happened_when(self) -> None:
        outcome = self.council.settings.outcomes[0]
        letter = self.mail.letters(self.address)[0]
        assert self.reference in letter
        assert say(outcome.label, self.language) not in letter
        teacher = self.teacher.open("/referrals").follow(self.reference)
        teacher.sees(say(outcome.label, self.language)).does_not_see(RATIONALE)
        for event in ("Report sent", "The council asked a question", "The question was answered", "Decided"):
            expect(teacher.page.get_by_role("heading", name=teacher.say(event), exact=True).first).to_be_visible()
