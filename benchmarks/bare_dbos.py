"""The same five steps in bare DBOS: one workflow a case, a checkpoint a step."""

from __future__ import annotations

import logging
import signal
import sys
import threading
import time

from dbos import DBOS, DBOSClient, DBOSConfig, EnqueueOptions

from benchmarks import team

QUEUE = "bare"
LIMIT_SECONDS = 600.0


def _declare() -> None:
    @DBOS.step(name="read")
    def read(text: str) -> int:
        return len(text.split())

    @DBOS.step(name="look_up")
    def look_up(number: str) -> str:
        return f"customer {number[-3:]}"

    @DBOS.step(name="judge")
    def judge(customer: str, words: int) -> bool:
        return bool(customer) and words >= 0

    @DBOS.step(name="book")
    def book(number: str) -> str:
        return f"booked {number}"

    @DBOS.step(name="tell")
    def tell(number: str) -> str:
        return f"request {number} is done"

    @DBOS.workflow(name="five_steps")
    def five_steps(number: str, text: str) -> str:
        words = read(text)
        customer = look_up(number)
        if judge(customer, words):
            book(number)
        return tell(number)

    globals()["five_steps"] = five_steps


def _config(url: str) -> DBOSConfig:
    return DBOSConfig(
        name="bare",
        system_database_url=url,
        application_version="1",
        log_level="ERROR",
        enable_otlp=False,
    )


def batch_rate(url: str, cases: int, workers: int) -> float:
    """Cases a second for queued workflows, with so many worker processes."""
    DBOS.migrate(url)
    client = DBOSClient(system_database_url=url, application_name="bare")
    client.register_queue(QUEUE, worker_concurrency=20, polling_interval_sec=0.1)
    options = EnqueueOptions(queue_name=QUEUE, workflow_name="five_steps", app_version="1")
    for number in range(cases):
        client.enqueue(options, f"N-{number}", "please " * 20)

    def all_done() -> bool:
        open_ones = client.list_workflows(
            status=["ENQUEUED", "PENDING"], limit=1, load_input=False, load_output=False
        )
        return not open_ones

    try:
        command = team.python("benchmarks.bare_dbos", url)
        return cases / team.timed(command, workers, all_done, LIMIT_SECONDS)
    finally:
        client.destroy()


def latencies(url: str, cases: int) -> list[float]:
    """Seconds for each of some single cases, started directly in this process."""
    _quiet()
    DBOS.migrate(url)
    DBOS(config=_config(url))
    _declare()
    DBOS.launch()
    try:
        taken = []
        for number in range(cases):
            started = time.perf_counter()
            DBOS.start_workflow(globals()["five_steps"], f"S-{number}", "please " * 20).get_result()
            taken.append(time.perf_counter() - started)
        return taken
    finally:
        DBOS.destroy(destroy_registry=True)


def _quiet() -> None:
    logging.getLogger("dbos").setLevel(logging.ERROR)


def _work(url: str, ready: str, go: str) -> None:
    _quiet()
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    DBOS(config=_config(url))
    _declare()
    team.signal_ready(ready, go)
    DBOS.launch()
    stop.wait()
    DBOS.destroy(destroy_registry=True)


if __name__ == "__main__":
    _work(*sys.argv[1:])
