"""What is known of a council's forms: published versions here, designers' drafts in `drafts`."""

from portal.forms.queries.statements import ToldRule, told_rules
from portal.forms.queries.versions import MOST_REMEMBERED, NO_RULES, Published, newest, pinned, published, version

__all__ = [
    "MOST_REMEMBERED",
    "NO_RULES",
    "Published",
    "ToldRule",
    "newest",
    "pinned",
    "published",
    "told_rules",
    "version",
]
