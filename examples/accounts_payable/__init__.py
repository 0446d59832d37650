"""Accounts payable, from the invoice in the inbox to the scheduled payment.

Begin with `contract.yaml`; `steps.py` holds every function it names.
"""
