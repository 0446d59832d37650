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
from interlock.foresight.live import LiveSteps
from interlock.foresight.past import KeptVersions, LeftOut, PastCase, past_case, past_cases
from interlock.foresight.trail import Trail, TrailEnd

__all__ = [
    "AnswersFrom",
    "BacktestReport",
    "CaseDifference",
    "Change",
    "Difference",
    "Hands",
    "KeptVersions",
    "LeftOut",
    "LiveSteps",
    "PastCase",
    "QueueLoad",
    "Tally",
    "Trail",
    "TrailEnd",
    "backtest",
    "past_case",
    "past_cases",
]
