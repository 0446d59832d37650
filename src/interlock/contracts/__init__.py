"""Contracts: a YAML file and its modules become a checked workflow, or every problem at once."""

from interlock.contracts.case_model import CaseModel, DataRefused, JsonSchemaModel, fields_of
from interlock.contracts.cel import CelCondition, ConditionInvalid, ValueKind
from interlock.contracts.fingerprint import fingerprint
from interlock.contracts.functions import (
    ActionFunction,
    Parameter,
    RaisedType,
    StepFunction,
    SystemsFactory,
    WorkflowFunctions,
    type_name,
)
from interlock.contracts.kept_copy import FolderTooLarge, KeptCopyWrong, files_of, load_kept
from interlock.contracts.load import check_contract, load_workflow
from interlock.contracts.problem import CheckReport, ContractRefused, Problem
from interlock.contracts.workflow import LoadedWorkflow

__all__ = [
    "ActionFunction",
    "CaseModel",
    "CelCondition",
    "CheckReport",
    "ConditionInvalid",
    "ContractRefused",
    "DataRefused",
    "FolderTooLarge",
    "JsonSchemaModel",
    "KeptCopyWrong",
    "LoadedWorkflow",
    "Parameter",
    "Problem",
    "RaisedType",
    "StepFunction",
    "SystemsFactory",
    "ValueKind",
    "WorkflowFunctions",
    "check_contract",
    "fields_of",
    "files_of",
    "fingerprint",
    "load_kept",
    "load_workflow",
    "type_name",
]
