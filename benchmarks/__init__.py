"""Benchmarks: what Interlock costs, printed beside bare DBOS and the database's own limit."""
