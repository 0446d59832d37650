"""Every page can be found: the README lists the docs, and the decisions have their index."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_readme_links_every_page() -> None:
    """A page nobody finds was not written."""
    text = (ROOT / "README.md").read_text("utf-8")

    missing = [
        each.name for each in (ROOT / "docs").glob("*.md") if f"docs/{each.name})" not in text
    ]

    assert missing == []


def test_the_decisions_are_all_listed() -> None:
    """In the order they were made."""
    text = (ROOT / "docs" / "adr" / "README.md").read_text("utf-8")
    pages = sorted(each.name for each in (ROOT / "docs" / "adr").glob("[0-9]*.md"))

    places = [text.find(f"({name})") for name in pages]

    assert -1 not in places, dict(zip(pages, places, strict=True))
    assert places == sorted(places)


def test_links_between_pages_lead_somewhere() -> None:
    """A renamed page must not leave a dead link behind."""
    from markdown_it import MarkdownIt

    dead = []
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        for token in MarkdownIt().parse(page.read_text("utf-8")):
            for child in token.children or ():
                target = str(child.attrGet("href") or "").partition("#")[0]
                local = target and "://" not in target and not target.startswith("mailto:")
                if local and not (page.parent / target).exists():
                    dead.append((page.name, target))

    assert dead == []
