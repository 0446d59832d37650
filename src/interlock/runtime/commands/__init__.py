"""The only ways in: every door (command line, API, console) calls these and nothing below them."""

from interlock.runtime.commands.intake import Delivered, Delivery, deliver
from interlock.runtime.commands.review import (
    Answered,
    DecisionRefused,
    answer_question,
    ask_question,
    cancel_case,
    claim_task,
    decide_task,
    escalate_task,
    release_task,
)

__all__ = [
    "Answered",
    "DecisionRefused",
    "Delivered",
    "Delivery",
    "answer_question",
    "ask_question",
    "cancel_case",
    "claim_task",
    "decide_task",
    "deliver",
    "escalate_task",
    "release_task",
]
