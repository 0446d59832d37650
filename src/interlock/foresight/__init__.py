"""Looking ahead: a contract over the past (`backtest`) and over a supposed future (`simulate`)."""

from interlock.foresight.backtest import (
    AnswersFrom,
    BacktestReport,
    Hands,
    QueueLoad,
    Tally,
    backtest,
)
from interlock.foresight.differences import CaseDifference, Change, Difference
from interlock.foresight.forecast import (
    BudgetForecast,
    GateForecast,
    Part,
    QueueForecast,
    SimulationReport,
)
from interlock.foresight.live import LiveSteps
from interlock.foresight.replayed import (
    KeptVersions,
    LeftOut,
    ReplayedCase,
    past_case,
    replayed_cases,
)
from interlock.foresight.stated import Stated, StatedUnusable, read_stated
from interlock.foresight.trail import Trail, TrailEnd

__all__ = [
    "AnswersFrom",
    "BacktestReport",
    "BudgetForecast",
    "CaseDifference",
    "Change",
    "Difference",
    "GateForecast",
    "Hands",
    "KeptVersions",
    "LeftOut",
    "LiveSteps",
    "Part",
    "QueueForecast",
    "QueueLoad",
    "ReplayedCase",
    "SimulationReport",
    "Stated",
    "StatedUnusable",
    "Tally",
    "Trail",
    "TrailEnd",
    "backtest",
    "past_case",
    "read_stated",
    "replayed_cases",
]
