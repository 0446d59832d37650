"""What holds for every page of the console."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from interlock.console.app import PAGES
from interlock.console.icons import ICONS
from interlock.console.keymap import KEYMAP
from interlock.console.shell import environment
from tests.console.visit import Desk

CONSOLE = Path(__import__("interlock.console").console.__file__).parent
TEMPLATES = sorted((CONSOLE / "templates").glob("*.html"))
FORBIDDEN = re.compile(
    r"\b(?:(?:a|the|this|each|every|last|next) runs?|jobs?|nodes?|payloads?|scores?|interrupts?)\b",
    re.I,
)
MARKUP = re.compile(r"{[{%#].*?[}%#]}|<[^>]*>", re.DOTALL)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_holds_style_or_script_or_a_handler(template: Path) -> None:
    """The content policy forbids them, so they would silently not work."""
    text = template.read_text(encoding="utf-8")

    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:", text)
    assert re.findall(r"<script(?![^>]*\ssrc=)", text) == []
    assert "|safe" not in text


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_page_speaks_of_engines(template: Path) -> None:
    """People handle cases and tasks; runs, jobs and nodes are ours."""
    shown = MARKUP.sub(" ", template.read_text(encoding="utf-8"))

    assert FORBIDDEN.findall(shown) == []


def test_every_icon_a_template_names_is_drawn() -> None:
    """A missing symbol is an empty square that nobody reports."""
    named = {
        name
        for template in TEMPLATES
        for name in re.findall(r"m?\.?\bi\('([a-z_-]+)'\)", template.read_text(encoding="utf-8"))
    }

    assert {name for name in named if not name.startswith("m-")} <= set(ICONS)


def test_every_form_that_posts_carries_the_proof_that_it_is_ours() -> None:
    """Without it the form is refused, and with it no other site can send it."""
    bare = [
        (template.name, form[:80])
        for template in TEMPLATES
        for form in re.findall(
            r'<form[^>]*method="post".*?</form>', template.read_text(encoding="utf-8"), re.DOTALL
        )
        if "m.csrf()" not in form
    ]

    assert [name for name, _ in bare] == ["answer.html"]  # nobody is signed in there


def test_every_key_of_the_help_sheet_is_acted_on() -> None:
    """A key that is promised and does nothing is worse than none."""
    script = "".join(each.read_text() for each in (CONSOLE / "static" / "js").glob("*.js"))
    pages = "".join(each.read_text(encoding="utf-8") for each in TEMPLATES)
    shell = (CONSOLE / "shell.py").read_text(encoding="utf-8")
    single = {keys[0].lower() for _, rows in KEYMAP for keys, _ in rows if len(keys[0]) == 1}

    for key in single - {"g"}:
        acted = f'"{key}"' in script or f"{key}:" in script or f'data-key="{key}"' in pages
        assert acted or f'key="{key}"' in shell, key


def test_each_page_module_has_a_router() -> None:
    """A page that is not named is not there."""
    assert all(hasattr(module, "router") for module in PAGES)


def test_text_of_others_is_escaped_everywhere() -> None:
    """A supplier's name is data, whatever it looks like."""
    template = environment().from_string("{{ name }}{{ name|lines }}{{ name|sentence }}")

    assert "<script" not in template.render(name="<script>alert(1)</script>")


def test_a_page_keeps_its_headers_and_its_theme(desk: Desk) -> None:
    """The reader's choice of dark or light comes with the first byte, so nothing flashes."""
    anna = desk.visit("anna")
    anna.send(anna.get("/help"), "form[action='/appearance']", theme="dark")

    page = anna.get("/work")

    assert page.tree.get("data-theme") == "dark"
    assert "script-src 'self'" in page.answer.headers["content-security-policy"]


def test_an_unknown_address_and_a_missing_role_are_pages(desk: Desk) -> None:
    """A person is told what was not done and whom to ask, never a bare number."""
    missing = desk.visit("anna").get("/nowhere")
    closed = desk.visit("rosa").get("/work")

    assert (missing.status, closed.status) == (404, 403)
    assert "There is nothing here" in missing.text
    assert "needs a role" in closed.text


def test_static_files_are_kept_for_a_year_under_an_address_that_changes(desk: Desk) -> None:
    """A new version is seen at once, and an old one never asked for again."""
    page = desk.visit(None).get("/sign-in")

    for link in page.all("link[rel=stylesheet]"):
        answer = desk.visit(None).client.get(link.get("href"))
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
