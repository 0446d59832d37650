"""Two hundred reviewers at once, and five hundred open streams, seen from their side.

Run as a process of its own, so that what it costs is not the server's time.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import httpx

PATIENCE = httpx.Timeout(120.0)
UNLIMITED = httpx.Limits(max_connections=None, max_keepalive_connections=None)


async def decide_all(base: str, tokens: Sequence[str], each: int) -> dict[str, Any]:
    """Every reviewer takes the next task and decides it, `each` times over."""
    decided: list[str] = []
    took: list[float] = []
    refused: Counter[str] = Counter()

    async def reviewer(token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=base, headers=headers, timeout=PATIENCE) as client:
            for _ in range(each):
                started = time.perf_counter()
                answer = await client.post("/api/v1/reviews/next", json={})
                if answer.status_code != 200:
                    refused[str(answer.status_code)] += 1
                    continue
                task = answer.json()["review"]["id"]
                answer = await client.post(
                    f"/api/v1/reviews/{task}/decisions",
                    json={"verb": "approve"},
                    headers={"If-Match": answer.headers["ETag"]},
                )
                took.append(time.perf_counter() - started)
                if answer.status_code == 201:
                    decided.append(task)
                else:
                    refused[str(answer.json().get("code"))] += 1

    started = time.perf_counter()
    await asyncio.gather(*(reviewer(token) for token in tokens))
    seconds = time.perf_counter() - started
    return {"decided": decided, "refused": dict(refused), "took": took, "seconds": seconds}


async def listen_all(base: str, token: str, clients: int) -> dict[str, Any]:
    """Opens so many streams, decides one task, and times how long until all have heard of it."""
    headers = {"Authorization": f"Bearer {token}"}
    heard: list[float] = []
    opened = 0
    ready, told = asyncio.Event(), asyncio.Event()

    async def listener(client: httpx.AsyncClient) -> None:
        nonlocal opened
        async with client.stream("GET", "/api/v1/events", headers=headers) as stream:
            opened += 1
            if opened == clients:
                ready.set()
            async for line in stream.aiter_lines():
                if told.is_set() and line.startswith("event:"):
                    heard.append(time.perf_counter())
                    return

    async with httpx.AsyncClient(base_url=base, timeout=PATIENCE, limits=UNLIMITED) as client:
        listeners = [asyncio.create_task(listener(client)) for _ in range(clients)]
        await asyncio.wait_for(ready.wait(), 60)
        await asyncio.sleep(2)
        told.set()
        started = time.perf_counter()
        answer = await client.post("/api/v1/reviews/next", json={}, headers=headers)
        answer.raise_for_status()
        await asyncio.wait_for(asyncio.gather(*listeners), 60)
    return {"clients": len(heard), "seconds": max(heard) - started}


def main(what: str, base: str) -> None:
    """Reads tokens and numbers from standard input, writes what was seen to standard output."""
    told = json.load(sys.stdin)
    if what == "decide":
        seen = asyncio.run(decide_all(base, told["tokens"], told["each"]))
    else:
        seen = asyncio.run(listen_all(base, told["tokens"][0], told["clients"]))
    json.dump(seen, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
