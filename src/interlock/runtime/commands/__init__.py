"""The only ways in: every door (command line, API, console) calls these and nothing below them."""

from interlock.runtime.commands.absence import AbsenceRefused, end_absence, set_absence
from interlock.runtime.commands.bulk import BulkRefused, BulkResult, decide_many
from interlock.runtime.commands.comments import Comment, comment_case, comments
from interlock.runtime.commands.handover import (
    hand_back_task,
    next_task,
    reassign_task,
    takeover_task,
    working_queues,
)
from interlock.runtime.commands.intake import Delivered, Delivery, deliver
from interlock.runtime.commands.quality import (
    calibration,
    evidence_shown,
    follow_up,
    give_own_answer,
    similar_decisions,
)
from interlock.runtime.commands.questions import (
    Asked,
    LinkOver,
    answer_by_link,
    answer_question,
    ask_question,
    question_behind,
    question_link,
)
from interlock.runtime.commands.reopening import cancel_case, reopen_case
from interlock.runtime.commands.review import (
    claim_task,
    decide_task,
    escalate_task,
    release_task,
    save_draft,
    undo_decision,
)
from interlock.runtime.commands.task_record import (
    Answered,
    DecisionRefused,
    KeyTaken,
    TaskMoved,
)
from interlock.runtime.commands.training import (
    ExerciseShown,
    Told,
    TrainingRefused,
    TrainingState,
    answer_exercise,
    start_training,
    training_state,
)

__all__ = [
    "AbsenceRefused",
    "Answered",
    "Asked",
    "BulkRefused",
    "BulkResult",
    "Comment",
    "DecisionRefused",
    "Delivered",
    "Delivery",
    "ExerciseShown",
    "KeyTaken",
    "LinkOver",
    "TaskMoved",
    "Told",
    "TrainingRefused",
    "TrainingState",
    "answer_by_link",
    "answer_exercise",
    "answer_question",
    "ask_question",
    "calibration",
    "cancel_case",
    "claim_task",
    "comment_case",
    "comments",
    "decide_many",
    "decide_task",
    "deliver",
    "end_absence",
    "escalate_task",
    "evidence_shown",
    "follow_up",
    "give_own_answer",
    "hand_back_task",
    "next_task",
    "question_behind",
    "question_link",
    "reassign_task",
    "release_task",
    "reopen_case",
    "save_draft",
    "set_absence",
    "similar_decisions",
    "start_training",
    "takeover_task",
    "training_state",
    "undo_decision",
    "working_queues",
]
