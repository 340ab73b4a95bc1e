"""The base of our own forms (WTForms): strips what people type, refuses control characters and endless text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, Field, Form, HiddenField, PasswordField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from portal.web.posted import only_language

# Code points of a field whose form sets no narrower limit with `longest`.
LONGEST = 10_000
# NUL and its like reach no database column; the second set leaves tab and line ends to longer texts.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_CONTROL_IN_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


# An address is accepted exactly as it is or refused, never repaired; browsers themselves strip email fields.
_AS_TYPED = (PasswordField, EmailField)


def _stripped(value: Any) -> Any:
    return value.strip(" \t\r\n\u00a0") if isinstance(value, str) else value


class Input(FlaskForm):  # type: ignore[misc] # flask-wtf ships no types
    """A form of our own. Subclass it; labels are lazy_gettext, `description` is the hint.

    Text is stripped, except in password and email fields, which are taken exactly as typed. Control characters and text
    over LONGEST are refused beside the field, never removed or cut. `validate_on_submit()` is for POST.
    """

    class Meta(FlaskForm.Meta):  # type: ignore[misc] # as above
        """Adds stripping to every text field."""

        def bind_field(self, form: Form, unbound_field: Any, options: dict[str, Any]) -> Field:
            """Bind a field with our filter before its own."""
            kind = unbound_field.field_class
            if issubclass(kind, StringField) and not issubclass(kind, _AS_TYPED):
                options["filters"] = [_stripped, *unbound_field.kwargs.get("filters", ())]
                unbound_field = _without(unbound_field, "filters")
            bound: Field = unbound_field.bind(form=form, **options)
            return bound

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Run the fields' validators, then refuse what no text may hold. A form whose page is only wanted in another
        language is never good, so that its view shows it again."""
        good = bool(super().validate(extra_validators)) and not only_language()
        for item in self:
            message = _refusal(item)
            if message is not None and not item.errors:
                item.errors = [*item.errors, message]
                good = False
        return good

    def refuse(self, field: str, message: str) -> None:
        """Put an error from a command beside a field (already in the reader's language)."""
        self[field].errors = [*self[field].errors, message]


class Once(Input):
    """A form that counts once however often it is sent."""

    once = HiddenField()

    def mark(self) -> UUID:
        """The mark minted with the form; a new one where none came back."""
        return as_uuid(self.once.data) or uuid4()


def as_uuid(text: object) -> UUID | None:
    """The UUID that was posted, or None."""
    try:
        return UUID(str(text))
    except ValueError:
        return None


def _without(unbound_field: Any, key: str) -> Any:
    kwargs = {name: value for name, value in unbound_field.kwargs.items() if name != key}
    return type(unbound_field)(unbound_field.field_class, *unbound_field.args, **kwargs)


def _refusal(item: Field) -> Any:
    """Why no text field may hold this, or None. Choices and dates check themselves."""
    if not isinstance(item, StringField) or not isinstance(item.data, str):
        return None
    control = _CONTROL_IN_TEXT if isinstance(item, TextAreaField) else _CONTROL
    if control.search(item.data):
        return _l("Remove characters that cannot be read, such as control characters")
    if len(item.data) > LONGEST:
        return _l("Shorten this: it is longer than we can keep")
    return None


class Choice(RadioField):
    """Radios with one message for "nothing chosen" and for a value that was never offered."""

    def __init__(self, label: Any = None, *, message: Any, choices: Any = (), **kwargs: Any) -> None:
        super().__init__(label, validate_choice=False, **kwargs)
        # Pairs of value and (lazy) label; given to WTForms' constructor they would be deprecated.
        self.choices = list(choices)
        self.message = message

    def pre_validate(self, form: Any) -> None:
        """Refuse anything that is not one of the choices."""
        del form
        choices: Any = self.choices or ()
        offered = {str(choice[0]) for choice in choices}
        if self.data not in offered:
            raise ValidationError(str(self.message))


def needed(message: Any) -> InputRequired:
    """Something must be typed; `message` is lazy_gettext ("Enter your name")."""
    return _Needed(message)


class _Needed(InputRequired):
    """InputRequired that also refuses spaces alone, and sets no `required` attribute."""

    field_flags: dict[str, Any] = {}  # noqa: RUF012 - WTForms reads this class attribute

    def __init__(self, message: Any) -> None:
        super().__init__(message)
        self.field_flags = {}

    def __call__(self, form: Any, field: Field) -> None:
        if isinstance(field.data, str) and not field.data.strip():
            field.raw_data = []
        super().__call__(form, field)


def longest(limit: int, message: Any) -> Callable[[Any, Any], None]:
    """At most `limit` code points; more is refused, never cut."""
    return Length(max=limit, message=message)
