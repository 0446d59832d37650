"""Every page as people see it: axe-core finds nothing, nothing sticks out, a picture is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.conftest import BrowserOf
from tests.browser.department import Department

PHONE = (390, 844)
PAPER = (794, 1123)  # A4 at 96 dots an inch
PAGES = {
    "operations": ("ap_lead", "/"),
    "desk-empty": ("finance_director", "/work"),
    "desk-queue": ("anna", "/work"),
    "desk-team": ("ap_lead", "/work?view=team"),
    "desk-asked": ("anna", "/work?view=asked"),
    "desk-narrowed": ("anna", "/work?severity=low&clock=on_time"),
    "desk-nothing-fits": ("anna", "/work?q=nothing-is-called-this"),
    "bulk-nothing": ("anna", "/work/bulk"),
    "cases": ("ap_lead", "/cases"),
    "cases-filtered": ("ap_lead", "/cases?state=closed"),
    "cases-none": ("ap_lead", "/cases?q=nothing-is-called-this"),
    "map": ("ap_lead", "/workflows/accounts_payable"),
    "release": ("ap_lead", "/workflows/accounts_payable/release"),
    "value": ("ap_lead", "/workflows/accounts_payable/value"),
    "contract": ("ap_lead", "/workflows/accounts_payable/contract"),
    "people": ("ap_lead", "/people"),
    "person": ("ap_lead", "/people/anna"),
    "tokens": ("ap_lead", "/tokens"),
    "pause": ("ap_lead", "/pause"),
    "pause-without-right": ("anna", "/pause"),
    "training": ("anna", "/training/ap_clerks"),
    "help": ("anna", "/help"),
    "no-access": ("anna", "/audit"),
    "not-found": ("anna", "/nowhere"),
    "audit": ("internal_audit", "/audit"),
    "audit-verify": ("internal_audit", "/audit/verify"),
    "sign-in": ("", "/sign-in"),
    "link-over": ("", "/answer/no-such-link"),
    "link-to-sign-in": ("", "/sign-in/link/no-such-link"),
}
TASKS = (
    *("price_variance", "quantity_variance", "low_confidence"),
    *("missing_data", "schema_change"),
)


def looked_at(browser_of: BrowserOf, person: str, address: str, name: str, pictures: Path) -> None:
    """The page by day on a desk and by night on a telephone. Raises: AssertionError."""
    browser = browser_of(person)
    browser.open(address)
    browser.screenshot(pictures / f"{name}.png")
    found = browser.accessibility_violations()

    browser.prefer(color_scheme="dark")
    browser.size(*PHONE)
    browser.screenshot(pictures / f"{name}--dark-phone.png")
    wide = browser.driver.execute_script("return document.documentElement.scrollWidth")
    found += browser.accessibility_violations()

    assert found == []
    assert wide <= PHONE[0], f"{name} scrolls sideways on a telephone"
    assert browser.driver.find_elements("css selector", "h1"), f"{name} has no heading"


@pytest.mark.parametrize("name", PAGES)
def test_no_page_has_a_barrier_by_day_or_by_night_wide_or_narrow(
    office: Department, browser_of: BrowserOf, pictures: Path, name: str
) -> None:
    """Who cannot read a page cannot decide on it; and a law says so in many places."""
    person, path = PAGES[name]

    looked_at(browser_of, person, office.base + path, name, pictures)


@pytest.mark.parametrize("exception", TASKS)
def test_no_task_has_a_barrier_whatever_it_is_about(
    office: Department, browser_of: BrowserOf, pictures: Path, exception: str
) -> None:
    """The desk is where people spend their day, with every kind of document beside them."""
    address = f"{office.base}/work?task={office.a_task(exception)}"

    looked_at(browser_of, "anna", address, f"task-{exception}", pictures)


@pytest.mark.parametrize("verb", ["approve", "edit", "reject", "escalate", "ask"])
def test_no_open_panel_has_a_barrier(
    office: Department, browser_of: BrowserOf, pictures: Path, verb: str
) -> None:
    """The panel is where it is recorded, so it is the last place to leave anybody out."""
    anna = browser_of("anna")
    anna.open(f"{office.base}/work?task={office.a_task('low_confidence')}")
    if verb == "edit":
        anna.write("[name=field-number]", "4711")

    anna.press(f".act[value={verb}]")
    anna.wait_for(lambda _: anna.shows(f"#p-{verb}"), f"{verb} opened no panel")
    anna.screenshot(pictures / f"panel-{verb}.png")

    assert anna.accessibility_violations() == []


def test_a_case_its_document_and_its_print_have_no_barrier(
    office: Department, browser_of: BrowserOf, pictures: Path
) -> None:
    """A case is read by an auditor years later, often on paper."""
    dana, case = browser_of("ap_lead"), office.task(office.a_task("quantity_variance"))["case_id"]

    looked_at(browser_of, "ap_lead", f"{office.base}/cases/{case}", "case", pictures)
    there = f"{office.base}/cases/{case}/document"
    looked_at(browser_of, "ap_lead", there, "case-document", pictures)
    dana.open(f"{office.base}/cases/{case}")
    dana.size(*PAPER)
    dana.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    dana.screenshot(pictures / "case-print.png")

    shown = [s for s in (".topbar", ".no-print", ".actions") if dana.shows(s)]
    dana.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert shown == [], "what only a screen can use is not printed"
    assert dana.accessibility_violations() == []


def test_every_page_of_a_pdf_is_shown_and_the_data_it_carries_after_them(
    office: Department, browser_of: BrowserOf
) -> None:
    """Where picture and data say two things, a reviewer must be able to see both."""
    anna = browser_of("anna")
    tasks = [each for kind in TASKS for each in office.waiting(kind)]
    cases = {task: office.told(f"/cases/{office.task(task)['case_id']}") for task in tasks}
    task = next(task for task, case in cases.items() if case["source"]["name"].endswith(".pdf"))

    anna.open(f"{office.base}/work?task={task}")

    loaded = "return [...document.querySelectorAll('.doc-page image')].length"
    assert anna.driver.execute_script(loaded) >= 1
    assert anna.driver.find_elements("css selector", ".desk-doc .doc-page ~ .sheet"), (
        "the data in the PDF stands after its pages"
    )
    assert anna.console_errors() == []
