"""The options that several commands share, each with its INTERLOCK_ variable."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Database = Annotated[
    str | None,
    typer.Option(
        "--database",
        metavar="URL",
        envvar="INTERLOCK_DATABASE_URL",
        help="Where cases are kept: sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME.",
        show_default=False,
    ),
]
Workflow = Annotated[
    list[Path] | None,
    typer.Option(
        "--workflow",
        "-w",
        metavar="FOLDER",
        envvar="INTERLOCK_WORKFLOWS",
        help="A workflow's folder; may be given again. Without it: the folder with contract.yaml.",
        show_default=False,
    ),
]
Person = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="PERSON",
        envvar="INTERLOCK_USER",
        help="Who acts, as the contract names them.",
        show_default=False,
    ),
]
Json = Annotated[
    bool,
    typer.Option("--json", envvar="INTERLOCK_JSON", help="One JSON document instead of words."),
]
Limit = Annotated[
    int, typer.Option("--limit", metavar="N", min=1, max=10_000, help="At most so many.")
]
Stage = Annotated[
    str | None,
    typer.Option(
        "--stage",
        metavar="STAGE",
        envvar="INTERLOCK_STAGE",
        help="How far the AI may go: assisted or autonomous.",
        show_default=False,
    ),
]
