"""Wrong command lines and decisions, each with the exact words the person sees.

Two halves: what happened, with the value seen; what to do. Nothing is recorded by any of them.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Command

REFUSED, USAGE = 1, 2
PEOPLE = "ada, controlling, head_of_finance, it_team, kim, sam"
NOBODY = f"nobody is named; say who acts with --as PERSON or INTERLOCK_USER (people: {PEOPLE})"
ADDRESS = "write sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/NAME"
UNRECORDED = "nothing was recorded"

MISTAKES = [
    ("bogus", USAGE, "no such command 'bogus'; see: interlock --help"),
    ("chek", USAGE, "no such command 'chek'; did you mean check? see: interlock --help"),
    ("run", USAGE, "missing argument 'FOLDER_OR_FILE'; see: interlock run --help"),
    (
        "check --jsn",
        USAGE,
        "no such option: --jsn; did you mean --json? see: interlock check --help",
    ),
    (
        "run nowhere",
        REFUSED,
        "nowhere is not there; name a file or a folder with input",
    ),
    ("run empty", REFUSED, "empty holds no files; put the input in it, or name another"),
    (
        "run inbox --stage fast",
        REFUSED,
        "setting stage is 'fast'; write assisted or autonomous",
    ),
    (
        "run inbox --database nonsense",
        REFUSED,
        f"the database address is 'nonsense'; {ADDRESS}",
    ),
    (
        "run inbox -w nowhere",
        REFUSED,
        'nowhere  there is no such file; did you mean "contract.yaml"?\n'
        "1 problem; nothing was loaded.",
    ),
    ("new", USAGE, "missing argument 'NAME'; see: interlock new --help"),
    (
        "new Expense-Claims",
        REFUSED,
        "'Expense-Claims' cannot name a workflow; write small letters, digits and _, "
        "as in expense_claims",
    ),
    (
        "new expenses --into ..",
        REFUSED,
        "../expenses is there already and is not empty; choose another name or --into",
    ),
    (
        "try . nowhere.json",
        REFUSED,
        "nowhere.json is not there; name a file or a folder with input",
    ),
    (
        "try nowhere inbox/train.json",
        USAGE,
        "there is no folder nowhere; name the one that holds contract.yaml",
    ),
    (
        "try . inbox/train.json --decide edit",
        USAGE,
        "--decide is 'edit'; write approve or reject; to edit, answer on a terminal",
    ),
    (
        "try . inbox/train.json --decide reject --yes",
        USAGE,
        "--yes approves and --decide reject rejects; give one of them",
    ),
    (
        "case show EX-9",
        REFUSED,
        "no case is called 'EX-9'; list them with: interlock case list",
    ),
    (
        "case show x-1001",
        REFUSED,
        "no case is called 'x-1001'; did you mean EX-1001?",
    ),
    (
        "case list --state open",
        USAGE,
        "invalid value for '--state': 'open' is not one of 'ready', 'waiting', 'closed'; "
        "see: interlock case list --help",
    ),
    (
        "case list --limit 0",
        USAGE,
        "invalid value for '--limit': it should be greater than or equal to 1; "
        "see: interlock case list --help",
    ),
    (
        "case list --database sqlite:///other.db",
        REFUSED,
        "there is no database other.db; name it with --database, "
        "or make it with: interlock db upgrade",
    ),
    ("case cancel EX-1001", USAGE, NOBODY),
    (
        "case cancel EX-1001 --as zoe",
        REFUSED,
        f"cannot cancel {{mina_case}}: zoe is not a person of this contract; {UNRECORDED}",
    ),
    (
        "review show nope",
        REFUSED,
        "no review task is called 'nope'; list them with: interlock review list",
    ),
    ("review claim {mina}", USAGE, NOBODY),
    (
        "review claim {mina} --as kim",
        REFUSED,
        f"cannot claim {{mina}}: you are not a member of queue clerks; {UNRECORDED}",
    ),
    (
        "review release {mina} --as sam",
        REFUSED,
        f"cannot release {{mina}}: nobody holds it; {UNRECORDED}",
    ),
    (
        "review decide {mina} --as sam",
        USAGE,
        "no decision was given; write one of: approve, edit, reject",
    ),
    (
        "review decide {mina} maybe --as sam",
        USAGE,
        "the decision is 'maybe'; write one of: approve, edit, reject",
    ),
    (
        "review decide {mina} escalate --as sam",
        USAGE,
        "the decision is 'escalate'; use: interlock review escalate {mina_short}",
    ),
    (
        "review decide {mina} approve --as sam --set name=x",
        REFUSED,
        f"cannot approve {{mina}}: changes come with edit, not with approve; {UNRECORDED}",
    ),
    (
        "review decide {mina} approve --as sam --seen 0123456789",
        REFUSED,
        f"review task {{mina}} was changed by somebody else; {UNRECORDED}; look at it again",
    ),
    (
        "review decide {mina} edit --as sam",
        REFUSED,
        "the edit does not fit: no field was changed; name what changes, "
        f"as in --set order=PO-17; {UNRECORDED}",
    ),
    (
        "review decide {mina} edit --as sam --set nme=travel",
        REFUSED,
        f"the edit does not fit: there is no field 'nme'; did you mean name?; {UNRECORDED}",
    ),
    (
        "review decide {mina} edit --as sam --set name",
        USAGE,
        "--set is 'name'; write a name and a value, as in order=PO-17",
    ),
    (
        "review decide {mina} edit --as sam --set name=a --set name=b",
        USAGE,
        "--set names name twice; give it once",
    ),
    (
        "review decide {mina} edit --as sam --set name=7",
        REFUSED,
        f"the edit does not fit: name is 7: input should be a valid string; {UNRECORDED}",
    ),
    (
        "review decide {mina} approve --as sam --evidence receipt",
        USAGE,
        "--evidence is 'receipt'; write a name and a value, as in order=PO-17",
    ),
    (
        "review decide {hotel} approve --as sam",
        REFUSED,
        "cannot approve {hotel}: you may decide up to EUR 500.00; this is EUR 812.00; "
        f"{UNRECORDED}",
    ),
    (
        "review decide {piotr} approve --as sam",
        REFUSED,
        "cannot approve {piotr}: this task cannot be answered with approve; "
        f"choose one of: edit, reject, escalate, ask; {UNRECORDED}",
    ),
    (
        "review decide {piotr} edit --as sam --set amount=-5",
        REFUSED,
        f"the edit does not fit: amount is -5: input should be greater than 0; {UNRECORDED}",
    ),
    (
        "review decide {piotr} edit --as sam --set number=EX-1001",
        REFUSED,
        f"EX-1001 is already the key of case {{mina_case}}; {UNRECORDED}; "
        "correct the key, or reject this one as a duplicate",
    ),
    (
        "review answer {mina} yes --as sam",
        REFUSED,
        f"cannot answer {{mina}}: no question is open; {UNRECORDED}",
    ),
    (
        'review ask {mina} "" --as sam',
        REFUSED,
        f"cannot ask {{mina}}: the question is empty; {UNRECORDED}",
    ),
    ("review list --mine", USAGE, NOBODY),
    (
        "review list --mine --as it_team --queue clerks",
        USAGE,
        "it_team works none of these queues; leave out --mine, or --queue",
    ),
    (
        "audit verify --case EX-9",
        REFUSED,
        "no case is called 'EX-9'; list them with: interlock case list",
    ),
    (
        "db check --database sqlite:///other.db",
        REFUSED,
        "there is no database other.db; name it with --database, "
        "or make it with: interlock db upgrade",
    ),
]


@pytest.fixture
def names(taken_in: Path, cli: Command, task_of: Callable[[str], str]) -> dict[str, str]:
    """What the placeholders in the table stand for."""
    (taken_in / "empty").mkdir()
    mina = task_of("EX-1001")
    return {
        "mina": mina,
        "mina_short": mina[: len("task_") + 8],
        "mina_case": cli("case", "show", "EX-1001", "--json").json["case"],
        "hotel": task_of("EX-1002"),
        "piotr": task_of("EX-1004"),
    }


@pytest.mark.parametrize(("line", "code", "words"), MISTAKES, ids=[each[0] for each in MISTAKES])
def test_a_mistake_is_answered_in_plain_words(
    line: str, code: int, words: str, names: dict[str, str], cli: Command
) -> None:
    """A person who reads this must know what to type next; a program must see the code."""
    said = cli(*shlex.split(line.format(**names)))

    assert (said.err.strip(), said.code) == (words.format(**names), code)
    assert said.out == ""


def test_a_mistake_records_nothing(names: dict[str, str], cli: Command) -> None:
    """A refusal that left a trace would be half a decision."""
    before = cli("audit", "verify", "--json").json["entries"]

    for line, _, _ in MISTAKES:
        if line.startswith(("review decide", "review claim", "case cancel")):
            cli(*shlex.split(line.format(**names)))

    assert cli("audit", "verify", "--json").json["entries"] == before


def test_a_program_gets_its_error_as_json_too(taken_in: Path, cli: Command) -> None:
    """One document on standard output, whatever happened."""
    said = cli("case", "show", "EX-9", "--json")

    assert said.json == {
        "ok": False,
        "error": {
            "code": "case_unknown",
            "message": "no case is called 'EX-9'; list them with: interlock case list",
        },
    }


def test_a_refused_decision_names_its_rule_for_programs(
    taken_in: Path, cli: Command, task_of: Callable[[str], str]
) -> None:
    """A caller may act on the rule without reading the sentence."""
    said = cli("review", "decide", task_of("EX-1001"), "approve", "--as", "kim", "--json")

    assert (said.code, said.json["error"]["code"]) == (REFUSED, "decision_refused")
    assert said.json["error"]["rule"] == "queue"


def test_what_breaks_inside_is_one_line_with_a_reference(
    taken_in: Path, cli: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trace frightens a clerk and tells an attacker; the reference tells us where."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("interlock.cli.case.state_in_words", broken)

    said = cli("case", "list")

    assert said.code == REFUSED
    assert said.err.startswith(
        "something went wrong inside (ZeroDivisionError: division by zero), reference ref_"
    )
    assert said.err.endswith("run it again with --debug for the trace\n")
    assert said.err.count("\n") == 1
    assert "Traceback" in cli("case", "list", "--debug").err


def test_ctrl_c_is_answered_too(
    taken_in: Path, cli: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Silence after ctrl-C leaves a person wondering what was lost."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("interlock.cli.case.state_in_words", interrupted)

    said = cli("case", "list")

    assert (said.code, said.err) == (
        130,
        "stopped by ctrl-C; what was recorded stays recorded; run it again to go on\n",
    )


def test_a_password_is_never_shown(cli: Command, folder: Path) -> None:
    """Error messages end up in tickets."""
    said = cli("work", "--database", "postgresql://u:secret@127.0.0.1:1/x")

    assert said.code == REFUSED
    assert "secret" not in said.err
    assert "cannot be reached" in said.err


def test_a_file_that_is_no_database_is_said_plainly(
    folder: Path, cli: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong address is a daily mistake, not a fault of the program."""
    said = cli("db", "upgrade", "--database", "sqlite:///contract.yaml")

    assert said.code == 1
    assert "cannot be reached: file is not a database" in said.err


def test_what_a_sender_wrote_never_steers_the_terminal(folder: Path, cli: Command) -> None:
    """A claim that paints itself green, hides its amount or turns the line around."""
    claim = json.loads(Path("inbox/train.json").read_text("utf-8"))
    claim |= {"number": "EX-\u202e1", "employee": "Eve\x1b[32m\x9b2J\x07"}
    Path("inbox/train.json").write_text(json.dumps(claim), "utf-8")
    cli("run", "inbox/train.json")
    [task] = cli("review", "list", "--json").json["tasks"]

    shown = [cli("case", "list"), cli("review", "list"), cli("review", "show", task["task"])]
    shown += [cli("case", "show", task["case"]), cli("try", ".", "inbox/train.json", "--no-input")]

    for said in shown:
        assert "Eve\ufffd[32m" in said.out
        assert not {"\x1b", "\x9b", "\x07", "\u202e"} & {*said.out}


def test_a_refused_protected_value_is_not_quoted(folder: Path, cli: Command) -> None:
    """Why input was refused is shown, logged in the record and printed by programs."""
    claim = json.loads(Path("inbox/train.json").read_text("utf-8"))
    iban = claim["iban"]
    Path("inbox/train.json").write_text(json.dumps(claim | {"iban": [iban]}), "utf-8")
    cli("run", "inbox/train.json")
    [case] = cli("case", "list", "--json").json["cases"]

    said = cli("audit", "show", case["case"]).out

    assert "iban is …: input should be a valid string" in " ".join(said.split())
    assert iban not in said
