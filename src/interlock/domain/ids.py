"""The names of things. Ids born inside a case are derived, so a replay lands on the same row."""

from __future__ import annotations

from typing import NewType

WorkflowId = NewType("WorkflowId", str)
Fingerprint = NewType("Fingerprint", str)  # which contract, step code, models and prompts
CaseId = NewType("CaseId", str)
StepName = NewType("StepName", str)
ActionId = NewType("ActionId", str)  # derived: case, step, visit, action, place in the plan
TaskId = NewType("TaskId", str)  # derived: case, kind, how many tasks the case had before
PersonId = NewType("PersonId", str)
QueueName = NewType("QueueName", str)
