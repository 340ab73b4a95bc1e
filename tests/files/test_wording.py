"""Every kind and every refusal has words, and each refusal says what to do."""

from __future__ import annotations

from flask import Flask
from flask_babel import Babel

from portal.files import kinds, wording
from portal.files.refusals import CODES


def test_every_code_has_words() -> None:
    app = Flask(__name__)
    Babel(app)
    assert set(wording.KINDS) == set(kinds.KINDS)
    assert set(wording.REFUSALS) == set(CODES)
    with app.test_request_context():
        said = [wording.refusal_words(code) for code in CODES]
        assert len(set(said)) == len(CODES)
        assert all(text.count(".") >= 2 for text in said)
        assert wording.kind_words("gone") == "File"
