"""What a form of ours says, read with care.

One rule: a form is somebody's input like any other; what no page of ours sends is refused.
"""

from __future__ import annotations

from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.datastructures import FormData

from interlock.console.refusals import FormUnfit

LONGEST_TEXT: Final = 10_000  # letters of one value; the longest note a person writes is shorter


async def form_of(request: Request) -> FormData:
    """The form a page posted."""
    return await request.form()


Form = Annotated[FormData, Depends(form_of)]


def text(form: FormData, name: str, *, most: int = LONGEST_TEXT) -> str:
    """One value of the form, without the space around it; empty when it is not there.

    Raises: FormUnfit when it is a file, or longer than any form of ours allows.
    """
    value = form.get(name, "")
    if not isinstance(value, str) or len(value) > most:
        raise FormUnfit(name, str(value)[:40])
    return value.strip()


def texts(form: FormData, start: str) -> dict[str, str]:
    """The values whose names begin like this, by the rest of the name. Raises: FormUnfit."""
    names = dict.fromkeys(name for name in form if name.startswith(start))
    return {name.removeprefix(start): text(form, name) for name in names}


def local_path(given: str, otherwise: str = "/") -> str:
    """An address of ours to go to next; anything else is not followed."""
    parts = urlsplit(given)
    is_ours = not parts.scheme and not parts.netloc and given.startswith("/")
    is_plain = "\\" not in given and given.isprintable() and not given.startswith("//")
    return given if is_ours and is_plain else otherwise
