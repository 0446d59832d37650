"""The database's own limit: how many single-row commits a second one client gets through."""

from __future__ import annotations

import time

import sqlalchemy as sa

from benchmarks.figures import Figure


def measure(database: str, url: str, commits: int) -> Figure:
    """Single-row commits a second from one client."""
    engine = sa.create_engine(url)
    table = sa.Table("limit_probe", sa.MetaData(), sa.Column("n", sa.Integer, primary_key=True))
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        table.create(connection)
    insert = table.insert()
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA synchronous=FULL")
            connection.commit()
        started = time.perf_counter()
        for number in range(commits):
            connection.execute(insert, {"n": number})
            connection.commit()
        seconds = time.perf_counter() - started
    engine.dispose()
    return Figure(
        what="the database's own limit",
        database=database,
        value=commits / seconds,
        unit="commits/s",
        note=f"{commits:,} single-row commits, one client",
    )
