"""What operators see: one event a step and spans in GenAI names, and nothing that is protected."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from structlog.testing import capture_logs

from interlock import OutOfPolicy
from interlock.domain.review import Verb
from tests.runtime.office import Office

SECRET = "hunter2-CH9300762011623852957"


@pytest.fixture(autouse=True)
def _every_log_event() -> Iterator[None]:
    """Other tests choose how much is logged; here it is everything."""
    structlog.reset_defaults()
    yield
    structlog.reset_defaults()


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """The spans of a test, kept in memory."""
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    yield kept
    provider.shutdown()


def of(kept: InMemorySpanExporter, name: str) -> list[ReadableSpan]:
    """The spans of this name, in the order they ended."""
    return [each for each in kept.get_finished_spans() if each.name == name]


def test_an_episode_its_steps_and_its_deeds_are_spans(
    small_office: Office, spans: InMemorySpanExporter
) -> None:
    """Someone who looks for where the time went finds it by case and step."""
    case = small_office.handle()

    [episode] = of(spans, "interlock.episode")
    steps = of(spans, "interlock.step")
    [deed] = of(spans, "interlock.action")
    assert [dict(each.attributes or {})["interlock.step"] for each in steps] == ["check", "judge"]
    for each in (*steps, deed):
        assert each.parent is not None
        assert episode.context is not None
        assert each.parent.span_id == episode.context.span_id
        assert (each.attributes or {})["interlock.case"] == case.id
    assert (deed.attributes or {})["interlock.action"] == "book"


def test_a_model_call_is_described_in_the_names_of_the_conventions(
    small_office: Office, spans: InMemorySpanExporter
) -> None:
    """Tools that know GenAI spans understand these; other steps carry none of it."""
    small_office.handle()

    check, judge = (dict(each.attributes or {}) for each in of(spans, "interlock.step"))
    assert judge["gen_ai.operation.name"] == "invoke_agent"
    assert judge["gen_ai.request.model"] == "small-1"
    assert judge["gen_ai.usage.input_tokens"] == 100
    assert judge["gen_ai.usage.output_tokens"] == 7
    assert judge["interlock.confidence"] == 0.95
    assert judge["interlock.outcome"] == "step_returned"
    assert not [name for name in check if name.startswith("gen_ai")]


def test_looking_up_undoing_and_remedies_are_spans_too(
    small_office: Office, spans: InMemorySpanExporter
) -> None:
    """What goes wrong takes time as well."""
    small_office.shop.trouble("book_after", "R-1", ConnectionError("gone"))
    small_office.handle(order=None)
    small_office.decide("R-1", "ben", Verb.EDIT, changes={"order": "O-1"})
    small_office.cancel("R-1")

    names = {each.name for each in spans.get_finished_spans()}

    assert names == {
        f"interlock.{what}"
        for what in ("episode", "step", "remedy", "action", "look_up", "compensate")
    }


def test_one_wide_event_tells_of_each_step(small_office: Office) -> None:
    """Names, ids, outcome and duration; a crash is told by its type and its place in the code."""
    small_office.shop.trouble("check", "R-1", RuntimeError(SECRET))
    with capture_logs() as logs:
        case = small_office.handle()

    [step] = [each for each in logs if each["event"] == "step_finished"]
    assert (step["case_id"], step["step"], step["outcome"]) == (case.id, "check", "step_failed")
    assert step["error"] == "RuntimeError"
    assert step["where"].startswith("shop.py:")
    assert step["took_ms"] >= 0


def test_nothing_of_a_case_reaches_logs_spans_or_facts(
    small_office: Office, spans: InMemorySpanExporter
) -> None:
    """Protected fields, documents, texts of errors and people's words stay in the record."""
    crash = RuntimeError(SECRET)
    refusal = OutOfPolicy(SECRET)
    with capture_logs() as logs:
        small_office.handle("R-1", iban=SECRET)
        small_office.later(30)
        small_office.shop.trouble("check", "R-2", crash, crash, crash)
        small_office.shop.trouble("book", "R-3", crash)
        small_office.shop.trouble("is_booked", "R-3", crash, crash)
        small_office.shop.trouble("judge", "R-4", crash, crash)
        small_office.shop.trouble("book", "R-5", refusal)
        small_office.shop.trouble("find_order", "R-6", crash)
        small_office.shop.trouble("unbook", "R-4", crash, crash)
        for number in ("R-2", "R-3", "R-4", "R-5"):
            small_office.handle(number, iban=SECRET)
        small_office.handle("R-6", order=None, iban=SECRET)
        small_office.deliver(f'{{"iban": "{SECRET}"'.encode())
        small_office.deliver({"number": "R-7", "amount": SECRET})
        for _ in range(3):
            small_office.later(1)
        small_office.cancel("R-4")
        small_office.decide("R-6", "ben", Verb.REJECT, note=SECRET)

    seen = [repr(logs), *(each.to_json() for each in spans.get_finished_spans())]
    facts = [repr(each) for each in small_office.store.facts()]
    bodies = [repr(each.body) for each in small_office.store.all_entries()]

    assert logs
    assert facts
    assert not [each for each in seen if SECRET in each]
    assert not [each for each in facts if SECRET in each]
    assert not [each for each in bodies if SECRET in each]
