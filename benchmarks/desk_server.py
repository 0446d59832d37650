"""The web application over a benchmark's database, as a process of its own."""

from __future__ import annotations

import sys

import uvicorn

from benchmarks import office
from interlock.bootstrap import build
from interlock.cli.serve import application
from interlock.web.settings import WebSettings


def main(url: str, port: str) -> None:
    """Serves until it is told to stop."""
    with build(office.settings(url)) as services:
        app = application(services, WebSettings(rate_limit=0))
        uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="error", access_log=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
