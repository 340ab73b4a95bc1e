"""A small application with only portal/web in it, a fictional council, and one page of every pattern."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from flask import Flask, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_wtf import CSRFProtect
from jinja2 import BytecodeCache, ChoiceLoader, FileSystemLoader
from jinja2.bccache import Bucket

from portal.forms.answers import Around, Found, read
from portal.forms.questions import field
from portal.forms.schema import parse_form
from portal.kernel import errors as kernel
from portal.web import assets, errors, language, shell, templating
from portal.web.fields import FieldView, OptionView
from tests.forms import every_type

COUNCIL = shell.CouncilView(
    name="Avonmere Council",
    home="/",
    colour="#1f5c4a",
    service="Report a concern about a child",
    phones=(
        shell.Phone("Front door, Monday to Friday 8:30am to 5pm", "01632 960 101"),
        shell.Phone("Out of hours", "01632 960 199", "Evenings, weekends and bank holidays"),
    ),
)
WRONG = {
    "called-known": ["yes"],
    "called-first": ["x" * 300],
    "home-postcode": ["AA3"],
    "school-known": ["yes"],
    "school": ["Oak"],
    "born-form": ["month"],
    "born-month-month": ["13"],
    "born-month-year": ["2019"],
    "nhs": ["1"],
    "attendance": ["much"],
}
SENT = datetime(2026, 11, 21, 15, 15, tzinfo=UTC)


class Compiled(BytecodeCache):
    """Compiled templates, kept for the other applications of the same run."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()


class DatabaseDown(Exception):
    """Stands for the database driver's own exception."""


def make(council: shell.CouncilView | None = COUNCIL, *, demo: bool = True, csrf: bool = False) -> Flask:
    """The application; `csrf` turns CSRF protection on as the real one does."""
    app = Flask("portal", root_path=str(assets.FOLDER.parent), static_folder=None)
    app.config.update(SECRET_KEY="for tests only", WTF_CSRF_ENABLED=csrf, MAX_CONTENT_LENGTH=200_000)
    app.config.update(MAX_FORM_MEMORY_SIZE=200_000, MAX_FORM_PARTS=500)
    language.register(app)
    errors.register(app, outages=(DatabaseDown,), sign_in="sign_in")
    templating.register(app, council=lambda: council, account=_account, demo=demo)
    shell.add_navigation(app, lambda: [shell.Link("Your reports", "/sink", current=True), shell.Link("New", "/")])
    shell.add_footer_links(app, lambda: [shell.Link("Privacy", "/privacy"), shell.Link("Cookies", "/cookies")])
    CSRFProtect(app)
    loader = app.jinja_loader
    assert loader is not None
    app.jinja_loader = ChoiceLoader([FileSystemLoader(Path(__file__).parent / "templates"), loader])
    app.jinja_env.bytecode_cache = COMPILED
    app.before_request(_nonce)
    app.after_request(_policy)
    _routes(app)
    assets.register(app)
    return app


def _account() -> shell.Account:
    return shell.Account("Sam Teacher", "/account", "/sign-out")


def _nonce() -> None:
    g.csp_nonce = "n0nce"


def _policy(response: Any) -> Any:
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self' 'nonce-n0nce'; script-src 'self' 'nonce-n0nce'; img-src 'self' data:;"
        " font-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; connect-src 'self'"
    )
    return response


def _routes(app: Flask) -> None:
    app.add_url_rule("/sink", view_func=sink, endpoint="sink", methods=["GET", "POST"])
    app.add_url_rule("/questions", view_func=questions, endpoint="questions", methods=["GET", "POST"])
    app.add_url_rule("/fail/<kind>", view_func=fail, endpoint="fail", methods=["GET", "POST"])
    app.add_url_rule("/sign-in", view_func=lambda: "sign in", endpoint="sign_in", methods=["GET"])
    app.add_url_rule("/done", view_func=done, endpoint="done", methods=["POST"])
    app.add_url_rule("/", view_func=sink, endpoint="home", methods=["GET"])


def sink() -> ResponseReturnValue:
    """Every pattern on one page; a POST is refused with the errors of `fields(wrong=True)`."""
    wrong = request.method == "POST" or "wrong" in request.args
    typed = request.form.get("what", "The lights were off.\n\n  She had not eaten.")
    page = render_template("sink.html", views=fields(wrong=wrong, typed=typed), sent=SENT, day=date(2026, 11, 21))
    return page, 422 if request.method == "POST" else 200


def questions() -> ResponseReturnValue:
    """Every type of question as a field; with `wrong` each as it is shown when its answer is refused."""
    form = parse_form(every_type.form())
    around = Around(date(2026, 11, 26), lambda _kind, _text: (Found("123456", "Oak School"), Found("9", "Oak Infants")))
    posted = request.form.to_dict(flat=False) if request.method == "POST" else WRONG if "wrong" in request.args else {}
    views = []
    for question in form.fields():
        reading = read(question, posted, required="wrong" in request.args, around=around)
        views.append(field(question, str(get_locale()), reading.typed, reading.errors if posted else ()))
    return render_template("questions.html", views=views, answers=dict(request.form))


def done() -> ResponseReturnValue:
    flash("Your message has been sent.", "success")
    return redirect("/sink", code=303)


def fail(kind: str) -> ResponseReturnValue:
    """Raise what the address names: one of the kernel's errors, the database's, or anything."""
    raised: dict[str, Exception] = {
        "not-found": kernel.NotFound(),
        "forbidden": kernel.Forbidden(),
        "conflict": kernel.Conflict(by="Ali Screener"),
        "invalid": kernel.Invalid({"name": "required"}),
        "unavailable": kernel.Unavailable(),
        "database": DatabaseDown("password=hunter2"),
        "crash": RuntimeError("child's name"),
    }
    raise raised[kind]


def fields(*, wrong: bool = False, typed: str = "") -> list[FieldView]:
    """One field of every kind, and a nested one."""
    level = FieldView(
        "radios",
        "worry-neglect",
        "How worried are you?",
        options=(OptionView("1", "A little"), OptionView("2", "Very")),
    )
    note = FieldView("textarea", "note", "What else?", value="One line\n  and another")
    return [
        FieldView("text", "name", "Child’s first name", error="Enter the child’s first name" if wrong else ""),
        FieldView("date", "born", "Date of birth", hint="For example, 27 3 2019", value={"day": "31", "month": "2"},
                  error="Enter a real date of birth" if wrong else "", error_part="month"),
        FieldView("postcode", "postcode", "Postcode"),
        FieldView("radios", "told", "Have you told the family?", value="no", options=(
            OptionView("yes", "Yes"), OptionView("no", "No", hint="Say why", children=(note,))),
            error="Choose one" if wrong else ""),
        FieldView("checkboxes", "worry", "What are you worried about?", value=("neglect",), options=(
            OptionView("neglect", "Neglect", children=(level,)), OptionView("violence", "Violence at home"),
            OptionView("none", "None of these", exclusive=True))),
        FieldView("select", "agency", "Your agency", options=(OptionView("a", "Oakfield School"),)),
        FieldView("textarea", "what", "What has happened?", value=typed, max_length=8000,
                  error="Say what has happened" if wrong else ""),
        FieldView("password", "password", "Password", value="hunter2"),
        FieldView("code", "code", "Code from the email"),
        FieldView("number", "age", "Age"),
        FieldView("email", "email", "Work email address"),
        FieldView("tel", "phone", "Telephone"),
        FieldView("hidden", "step", "", value="2"),
    ]  # fmt: skip


@contextmanager
def rendering(app: Flask, path: str = "/", **request_args: Any) -> Iterator[Flask]:
    """A request context in which templates and gettext work."""
    with app.test_request_context(path, **request_args):
        app.preprocess_request()
        yield app
