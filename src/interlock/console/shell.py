"""The shell: every page of the console is rendered here, with what all pages show.

One rule: a page escapes everything by itself; only this module and the templates write HTML.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context as Filled
from markupsafe import Markup
from sse_starlette import JSONServerSentEvent, ServerSentEvent

from interlock.bootstrap import Services
from interlock.console import words
from interlock.console.icons import sprite
from interlock.console.keymap import KEYMAP
from interlock.console.views.standing import Standing, standing_of
from interlock.identity import Visitor
from interlock.web.changes import position_now
from interlock.web.csrf import csrf_token
from interlock.web.visitor import visitor_if_any

THEMES: Final = ("light", "dark")
SPRITE_PLACE: Final = "<!--SPRITE-->"
ASSET_LETTERS: Final = 10  # of a file's digest in its address, so that a new version is fetched


@dataclass(frozen=True, slots=True, kw_only=True)
class NavEntry:
    """One place of the main navigation. `key`: the letter that goes there after G."""

    id: str
    label: str
    href: str
    key: str
    count: int = 0


def page(
    request: Request,
    template: str,
    *,
    section: str = "",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **view: Any,
) -> HTMLResponse:
    """The whole page as an answer. section: which entry of the navigation is current.

    events: give the address of a stream of events to make the page live.
    """
    filled = {"events": "", **shell_view(request), "section": section, **view}
    if filled["events"]:
        filled["events"] = _from_now(request, filled["events"])
    html = environment().get_template(template).render(filled)
    drawing = sprite(html, everything=bool(filled["events"]))
    return HTMLResponse(html.replace(SPRITE_PLACE, drawing, 1), status, dict(headers or {}))


def part(request: Request, template: str, **view: Any) -> str:
    """A piece of a page as HTML, for an event stream; it uses icons the page already has."""
    return environment().get_template(template).render({**shell_view(request), **view})


def fragment(
    request: Request, place: str, template: str, *, pill: str = "", **view: Any
) -> ServerSentEvent:
    """A piece of a page as an event, for what has this id. pill: the words it waits behind."""
    html = part(request, template, **view).strip()
    data = {"id": place, "html": html, **({"pill": pill} if pill else {})}
    return JSONServerSentEvent(data, event="fragment")


def _from_now(request: Request, events: str) -> str:
    """The stream of what comes after the page, also while the browser has not asked for it yet."""
    mark = "&" if "?" in events else "?"
    return f"{events}{mark}since={position_now(services_of(request).store)}"


def services_of(request: Request) -> Services:
    """The services of the process that answers."""
    found: Services = request.app.state.services
    return found


def shell_view(request: Request) -> dict[str, Any]:
    """What every template is given: who looks, what is paused, what time it is."""
    services, visitor = services_of(request), visitor_if_any(request)
    now = services.clock.now()
    standing = standing_of(services.context, visitor, now)
    return {
        "visitor": visitor,
        "now": now,
        "csrf_token": csrf_token(request),
        "theme": chosen_theme(request),
        "keymap": KEYMAP,
        "nav": _nav(visitor, standing),
        "pauses": standing.pauses,
        "may_pause": standing.may_pause,
        "may_resume": standing.may_resume,
        "roles": standing.roles,
    }


def chosen_theme(request: Request) -> str:
    """light, dark, or nothing when the reader's system decides."""
    theme = request.cookies.get("theme", "")
    return theme if theme in THEMES else ""


def _nav(visitor: Visitor | None, standing: Standing) -> tuple[NavEntry, ...]:
    if visitor is None:
        return ()
    work = NavEntry(id="work", label="Work desk", href="/work", key="w", count=standing.waiting)
    entries = [
        NavEntry(id="ops", label="Operations", href="/", key="h"),
        work,
        NavEntry(id="cases", label="Cases", href="/cases", key="c"),
        NavEntry(id="people", label="People", href="/people", key="p"),
    ]
    if standing.may_audit:
        entries.append(NavEntry(id="audit", label="Audit", href="/audit", key="u"))
    return tuple(entries)


@cache
def environment() -> Environment:
    """The templates, with everything in them escaped, and no unknown name passed over."""
    env = Environment(
        loader=PackageLoader("interlock.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals["asset"] = asset
    env.filters.update(
        iso=_iso,
        here=_here,
        clock=_clock,
        day=_day,
        spaced=words.spaced,
        sentence=words.sentence,
        counted=words.counted,
        initials=words.initials,
        listed=words.listed,
        lines=_lines,
    )
    return env


@cache
def asset(path: str) -> str:
    """The address of a file of `static/`; it changes with the file's content."""
    content = files("interlock.console").joinpath("static", *path.split("/")).read_bytes()
    return f"/static/{path}?v={sha256(content).hexdigest()[:ASSET_LETTERS]}"


def _iso(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""


def _here(moment: datetime) -> str:
    """A moment with the offset of this server, whose clock the pages show."""
    return moment.astimezone().isoformat(timespec="seconds")


@pass_context
def _clock(filled: Filled, moment: datetime | None) -> str:
    return words.clock(moment, filled["now"]) if moment else ""


@pass_context
def _day(filled: Filled, moment: datetime | None) -> str:
    return words.day(moment, filled["now"]) if moment else ""


def _lines(text: str) -> Markup:
    """A text with its line breaks kept; everything in it is escaped."""
    return Markup("<br>").join(text.splitlines())
