"""What surrounds every page: the council's name, colour and numbers, the navigation, the footer, the panels.

Higher packages fill it at start-up (`add_navigation`, `add_footer_links`, `add_panel`), so this package knows none
of them. A page made while the database is down (`g.plain_page`) asks none of them.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property

from flask import Flask, current_app, g
from flask_babel import get_locale
from markupsafe import Markup

DEFAULT_COLOUR = "#1d3d5c"
LINEAR_BELOW = 0.04045  # sRGB is linear below this value
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class Link:
    """A link in the navigation or the footer; `current` marks the page (or the part of the site) shown now."""

    text: str
    href: str
    current: bool = False


@dataclass(frozen=True)
class Phone:
    """A number to ring: its name, the number as people read it, and when it is answered."""

    name: str
    number: str
    when: str = ""

    @property
    def href(self) -> str:
        """The `tel:` address: digits and a leading plus only."""
        return "tel:" + re.sub(r"[^0-9+]", "", self.number)


@dataclass(frozen=True)
class LogoView:
    """A picture beside the council's name: its address, its text in the reader's language, its size in pixels."""

    src: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True)
class CouncilView:
    """What the layout shows of a council, already in the reader's language."""

    name: str
    home: str = "/"
    colour: str = DEFAULT_COLOUR
    service: str = ""
    phones: tuple[Phone, ...] = ()
    logo: LogoView | None = None

    @property
    def brand(self) -> str:
        """The colour as CSS; anything but #rrggbb falls back, so a setting can never inject a rule."""
        return self.colour if _COLOUR.fullmatch(self.colour) else DEFAULT_COLOUR

    @property
    def ink(self) -> str:
        """White or black, whichever contrasts more with the brand colour."""
        light = luminance(self.brand)
        return "#ffffff" if 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 else "#000000"


@dataclass(frozen=True)
class Account:
    """The signed-in person: the name shown, the page about them, where the sign-out form posts."""

    name: str
    href: str
    sign_out: str


def luminance(colour: str) -> float:
    """The relative luminance of #rrggbb, 0 to 1 (WCAG 2.2, definition of relative luminance)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= LINEAR_BELOW else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


CouncilProvider = Callable[[], CouncilView | None]
LinksProvider = Callable[[], Iterable[Link]]
AccountProvider = Callable[[], Account | None]
PanelProvider = Callable[..., str]


@dataclass
class Providers:
    """Who fills the shell: one council, one account, any number of links and panels, in the order given."""

    council: CouncilProvider = field(default=lambda: None)
    account: AccountProvider = field(default=lambda: None)
    navigation: list[tuple[int, LinksProvider]] = field(default_factory=list)
    footer: list[LinksProvider] = field(default_factory=list)
    panels: dict[str, list[PanelProvider]] = field(default_factory=dict)
    demo: bool = False


def providers(app: Flask) -> Providers:
    """The application's own providers, made at first use."""
    found: Providers = app.extensions.setdefault("portal_shell", Providers())
    return found


def add_navigation(app: Flask, links: LinksProvider, place: int = 0) -> None:
    """Add links to the navigation, those with the lowest `place` first; `links` is asked on every page and answers
    for the person who reads it."""
    added = providers(app).navigation
    added.append((place, links))
    added.sort(key=lambda one: one[0])


def add_footer_links(app: Flask, links: LinksProvider) -> None:
    """Add links to the footer (the statutory pages)."""
    providers(app).footer.append(links)


def add_panel(app: Flask, place: str, panel: PanelProvider) -> None:
    """Show `panel(**about)` (HTML, or "" for nothing) wherever a template says `panels(place, **about)`."""
    providers(app).panels.setdefault(place, []).append(panel)


def panels(place: str, **about: object) -> Markup:
    """The panels of a place, in the order they were added; each escapes its own content."""
    added = providers(current_app).panels.get(place, [])
    return Markup("").join(Markup(panel(**about)) for panel in added)  # noqa: S704 - panels are our own templates


class Shell:
    """What the layout reads, worked out only when a page needs it."""

    @cached_property
    def _providers(self) -> Providers:
        return providers(current_app)

    @property
    def plain(self) -> bool:
        """Whether the page must do without the session and the database."""
        return bool(g.get("plain_page"))

    @property
    def failed(self) -> bool:
        """Whether the page shows an error summary; the title then begins with "Error: "."""
        return bool(g.get("page_failed"))

    @property
    def nonce(self) -> str:
        """The content security policy's nonce of this request."""
        if "csp_nonce" not in g:
            # A page made before the request had one: a refusal of the body, an error page in another language.
            g.csp_nonce = secrets.token_urlsafe(16)
        return str(g.csp_nonce)

    @property
    def service(self) -> tuple[str, str]:
        """The name and first page of a part of the instance outside every council; ("", "") elsewhere."""
        found: tuple[str, str] = g.get("service", ("", ""))
        return found

    @property
    def demo(self) -> bool:
        """Whether this instance shows fictional councils and people."""
        return self._providers.demo

    @property
    def draft(self) -> bool:
        """Whether the page is in Welsh, which no qualified translator has checked yet."""
        return str(get_locale()) == "cy"

    @cached_property
    def council(self) -> CouncilView | None:
        """The council of this address; None outside every council."""
        return self._providers.council()

    @cached_property
    def account(self) -> Account | None:
        """The signed-in person, None before sign-in and on plain pages."""
        return None if self.plain else self._providers.account()

    @cached_property
    def navigation(self) -> tuple[Link, ...]:
        """What the person may go to, empty on plain pages."""
        return () if self.plain else _gather([links for _place, links in self._providers.navigation])

    @cached_property
    def footer(self) -> tuple[Link, ...]:
        """The statutory pages; they are content of the council, so plain pages keep them."""
        return _gather(self._providers.footer)


def _gather(sources: Iterable[LinksProvider]) -> tuple[Link, ...]:
    return tuple(link for source in sources for link in source())


def mark_failed() -> str:
    """Called by the error summary, so that the title says "Error: "; prints nothing."""
    g.page_failed = True
    return ""
