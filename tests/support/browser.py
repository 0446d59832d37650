"""A real browser for the tests: headless Chromium, driven through ChromeDriver.

Its one rule: nothing leaves the machine; every host but the loopback address is unknown to it.
"""

from __future__ import annotations

import shutil
import tempfile
from base64 import b64decode
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DRIVER = shutil.which("chromedriver")
NO_BROWSER = "no chromium with chromedriver on this machine; scripts/browser.sh installs them"
SWITCHES = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--window-size=1440,900",
)
PATIENCE_SECONDS = 20
TALLEST = 6_000  # pixels of a screenshot; a list beyond that only repeats itself


class Browser:
    """One window. `driver` is Selenium's own; the rest is what the tests say often."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(self, url: str) -> None:
        """Goes to a page and waits until it is loaded."""
        self.driver.get(url)

    def size(self, width: int, height: int) -> None:
        """Makes the page so many CSS pixels wide and high."""
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
        )

    def prefer(self, **features: str) -> None:
        """What the person's system prefers: color_scheme="dark", reduced_motion="reduce"."""
        wanted = [
            {"name": f"prefers-{name.replace('_', '-')}", "value": value}
            for name, value in features.items()
        ]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": wanted})

    def keys(self, *keys: str) -> None:
        """Types at whatever has the focus, one key after the other."""
        for key in keys:
            webdriver.ActionChains(self.driver).send_keys(key).perform()

    def chord(self, held: str, key: str) -> None:
        """One key while another is held down."""
        chain = webdriver.ActionChains(self.driver)
        chain.key_down(held).send_keys(key).key_up(held).perform()

    def focused(self) -> str:
        """The id of what has the focus; empty when it has none."""
        return str(self.driver.execute_script("return document.activeElement.id"))

    def shows(self, selector: str) -> bool:
        """Whether something that fits the CSS selector is on the screen."""
        found = self.driver.find_elements("css selector", selector)
        return any(each.is_displayed() for each in found)

    def write(self, selector: str, text: str) -> None:
        """Puts the text in place of what stands in a field."""
        field = self.driver.find_element("css selector", selector)
        field.clear()
        field.send_keys(text)

    def press(self, selector: str) -> None:
        """Clicks the first thing that fits the CSS selector. Raises: NoSuchElementException."""
        self.driver.find_element("css selector", selector).click()

    def text(self) -> str:
        """What the page shows, as text."""
        return str(self.driver.find_element("tag name", "body").text)

    def wait_for(self, condition: Any, why: str) -> Any:
        """What the condition gives, once it is true. Raises: TimeoutException saying why."""
        from selenium.webdriver.support.ui import WebDriverWait

        waiting = WebDriverWait(
            self.driver,
            PATIENCE_SECONDS,
            poll_frequency=0.05,
            ignored_exceptions=(StaleElementReferenceException,),  # the page is just changing
        )
        return waiting.until(condition, why)

    def wait_for_text(self, text: str) -> None:
        """Waits until the page shows the text."""
        self.wait_for(lambda _: text in self.text(), f"the page never showed {text!r}")

    def screenshot(self, path: Path) -> None:
        """A PNG of the whole page, also of what one has to scroll to."""
        path.parent.mkdir(parents=True, exist_ok=True)
        height = self.driver.execute_script("return document.documentElement.scrollHeight")
        width = self.driver.execute_script("return window.innerWidth")
        clip = {"x": 0, "y": 0, "width": width, "height": min(height, TALLEST), "scale": 1}
        wanted = {"format": "png", "captureBeyondViewport": True, "clip": clip}
        taken = self.driver.execute_cdp_cmd("Page.captureScreenshot", wanted)
        path.write_bytes(b64decode(taken["data"]))

    def console_errors(self) -> list[str]:
        """What the page's own scripts and policies complained about."""
        return [
            str(each["message"])
            for each in self.driver.get_log("browser")
            if each["level"] == "SEVERE"
        ]

    def accessibility_violations(self) -> list[str]:
        """What axe-core finds against WCAG 2.2 A and AA and its best practice, one line each."""
        script = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
        self.driver.execute_script(script)
        found = self.driver.execute_async_script(
            "const done = arguments[arguments.length - 1];"
            "axe.run(document, {resultTypes: ['violations']}).then(done);"
        )
        return [
            f"{each['id']}: {node['target']} {node['html'][:160]}"
            for each in found["violations"]
            for node in each["nodes"]
        ]


def start_browser(profile: Path) -> Browser:
    """A new window with nothing remembered in it."""
    options = Options()
    options.binary_location = str(CHROMIUM)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for switch in (*SWITCHES, f"--user-data-dir={profile}"):
        options.add_argument(switch)
    driver = webdriver.Chrome(options=options, service=Service(str(DRIVER)))
    driver.set_script_timeout(30)
    return Browser(driver)


@pytest.fixture
def new_browser() -> Iterator[Any]:
    """Makes browsers, each with its own profile; two are two people."""
    if not (CHROMIUM and DRIVER):
        pytest.skip(NO_BROWSER)
    started: list[Browser] = []
    folders: list[Path] = []

    def start() -> Browser:
        folders.append(Path(tempfile.mkdtemp(prefix="browser-")))
        started.append(start_browser(folders[-1]))
        return started[-1]

    yield start
    for each in started:
        each.driver.quit()
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def browser(new_browser: Any) -> Browser:
    """One browser."""
    return new_browser()
