"""The console: pages for the people who review, operate and answer for a workflow.

One rule: a page reads through the store and acts through the commands, and nothing else.
"""
