"""Reading and judging e-invoices: UBL 2.1, UN/CEFACT CII, hybrid PDF, CSV and JSON.

One rule: `read_document` says what is written, `violations` and `arithmetic_problems` say what
is wrong with it, and neither decides what happens next.
"""

from interlock.systems.einvoice.arithmetic import Problem, arithmetic_problems
from interlock.systems.einvoice.document import read_document
from interlock.systems.einvoice.invoice import (
    AllowanceCharge,
    EarlyPaymentDiscount,
    EInvoice,
    Line,
    Party,
    Tax,
    Unreadable,
)
from interlock.systems.einvoice.rule_helper import HelperLimits, RuleHelper, RuleHelperFailed
from interlock.systems.einvoice.rules import (
    Violation,
    violations,
    violations_of_many,
    violations_with,
)

__all__ = [
    "AllowanceCharge",
    "EInvoice",
    "EarlyPaymentDiscount",
    "HelperLimits",
    "Line",
    "Party",
    "Problem",
    "RuleHelper",
    "RuleHelperFailed",
    "Tax",
    "Unreadable",
    "Violation",
    "arithmetic_problems",
    "read_document",
    "violations",
    "violations_of_many",
    "violations_with",
]
