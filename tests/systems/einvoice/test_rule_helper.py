"""The helper process may die, leak or hang; its owner may too. Neither takes the other along."""

from __future__ import annotations

import importlib.util
import os
import select
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from interlock.errors import MissingExtra
from interlock.systems.einvoice import (
    HelperLimits,
    RuleHelper,
    RuleHelperFailed,
    violations_with,
)
from tests.systems.einvoice.samples import REPOSITORY, ubl

pytest.importorskip("saxonche", reason="the extra einvoice is not installed")

WRONG = ubl((">113.05<", ">113.06<"))


def _rules(helper: RuleHelper, content: bytes = WRONG) -> set[str]:
    return {one.rule for one in violations_with(helper, content, "a")}


def test_a_killed_helper_is_replaced_unnoticed() -> None:
    """A native crash looks the same from here."""
    helper = RuleHelper()
    before = _rules(helper)
    first = helper.process_id
    assert first is not None

    os.kill(first, signal.SIGKILL)

    assert _rules(helper) == before
    assert helper.process_id not in (None, first)
    helper.close()


def test_a_helper_is_replaced_after_its_share_of_documents() -> None:
    """So a slow leak never adds up."""
    helper = RuleHelper(HelperLimits(documents=2))
    _rules(helper)
    first = helper.process_id

    _rules(helper)

    assert first is not None
    assert helper.process_id is None
    assert _rules(helper)
    helper.close()


def test_a_helper_that_grew_is_replaced() -> None:
    """Nor does a fast one."""
    helper = RuleHelper(HelperLimits(memory_bytes=1))

    assert _rules(helper)
    assert helper.process_id is None


def test_the_size_of_whoever_started_it_does_not_count() -> None:
    """A large worker would have every document wait for a new helper."""
    large = b"x" * 1_000_000_000
    helper = RuleHelper(HelperLimits(memory_bytes=len(large)))

    assert _rules(helper)

    assert helper.process_id is not None, len(large)
    helper.close()


def test_a_document_that_takes_too_long_is_given_up(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Each try ends by the alarm inside the helper, also in native code."""
    endless = tmp_path_factory.mktemp("rules") / "endless.xslt"
    endless.write_text(
        '<xsl:stylesheet version="3.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">'
        '<xsl:template match="/"><xsl:value-of select="sum(for $a in 1 to 1000000000, $b in 1 to'
        ' 1000000000 return $a mod ($b + count(//*)))"/></xsl:template></xsl:stylesheet>'
    )
    helper = RuleHelper(HelperLimits(seconds_per_document=1))

    with pytest.raises(RuleHelperFailed, match="the helper process ended 2 times"):
        helper.findings("a.xml", b"<a/>", (str(endless),))

    assert helper.process_id is None


def test_many_threads_share_one_helper() -> None:
    """Each gets the answer to its own question."""
    helper = RuleHelper()
    contents = [WRONG if index % 2 else ubl() for index in range(40)]

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda content: bool(_rules(helper, content)), contents))

    assert found == [index % 2 == 1 for index in range(40)]
    helper.close()


def test_the_helper_outlives_the_thread_that_started_it() -> None:
    """It belongs to the process, not to a thread."""
    helper = RuleHelper()
    thread = threading.Thread(target=_rules, args=(helper,))
    thread.start()
    thread.join()
    first = helper.process_id

    assert _rules(helper)
    assert helper.process_id == first
    helper.close()


OWNER = """
import os, sys
from interlock.systems.einvoice import RuleHelper, violations_with
from tests.systems.einvoice.samples import ubl
helper = RuleHelper()
violations_with(helper, ubl(), "a")
if sys.argv[1] == "forked" and os.fork() == 0:
    os.close(1)
    import signal
    signal.pause()
print(helper.process_id, os.getpid(), flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("how", ["alone", "forked"])
def test_no_helper_is_left_when_its_owner_is_killed(how: str) -> None:
    """Also when a forked child of the owner lives on, holding the pipe open."""
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, how],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=REPOSITORY,
        process_group=0,
    )
    assert owner.stdout is not None
    helper_id = int(owner.stdout.readline().split()[0])
    watched = os.pidfd_open(helper_id)

    owner.kill()
    owner.wait()

    assert _ended_within_seconds(watched, 15)
    _end_group(owner.pid)


def _ended_within_seconds(pid_file: int, seconds: float) -> bool:
    """Whether the process behind the descriptor ends in time; the descriptor says when."""
    ended = bool(select.select([pid_file], [], [], seconds)[0])
    os.close(pid_file)
    return ended


def _end_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


@pytest.mark.parametrize(("package", "named"), [("saxonche", "saxonche"), ("facturx", "factur-x")])
def test_a_missing_package_is_named_with_its_extra(
    package: str, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reader works without them; only the official rules need them."""
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name: None if name == package else real(name),
    )

    with pytest.raises(MissingExtra, match=named):
        violations_with(RuleHelper(), ubl(), "a")
