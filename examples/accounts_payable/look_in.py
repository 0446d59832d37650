"""`python -m examples.accounts_payable.look_in LINK`: does the console's link lead to work?

Does what a person would do with a one-time link: opens it, presses its button, and looks at the
desk. Its one rule: it only looks; nothing is taken or decided.
"""

from __future__ import annotations

import sys
from urllib.parse import urlsplit

import httpx

LONGEST_WAIT_SECONDS = 60.0  # a start on a busy machine
SHOWN = 3  # questions, of those that wait


def main() -> int:
    """Prints who is signed in and what waits for them; 1 and a sentence when it is not so."""
    link = urlsplit(sys.argv[1])
    with httpx.Client(
        base_url=f"{link.scheme}://{link.netloc}", timeout=LONGEST_WAIT_SECONDS
    ) as browser:
        sign_in(browser, link.path)
        person = browser.get("/api/v1/me").raise_for_status().json()["account"]["name"]
        desk = browser.get("/work").raise_for_status().text
        waiting = browser.get("/api/v1/reviews", params={"queue": "ap_clerks", "limit": 200})
        tasks = waiting.raise_for_status().json()["items"]
    found = [each for each in tasks if each["id"] in desk]
    if not found:
        print(f"{person} is signed in, and the desk shows no work", file=sys.stderr)
        return 1
    print(f"The link signs {person} in. {len(tasks)} questions wait for the clerks, among them:")
    for question in list(dict.fromkeys(each["question"] for each in found))[:SHOWN]:
        print(f"  {question}")
    return 0


def sign_in(browser: httpx.Client, path: str) -> None:
    """Presses the button of a one-time link's page. Raises: httpx.HTTPStatusError."""
    browser.get(path).raise_for_status()
    answer = browser.post(path)
    if answer.status_code != httpx.codes.SEE_OTHER:
        answer.raise_for_status()


if __name__ == "__main__":
    sys.exit(main())
