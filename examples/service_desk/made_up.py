"""Made-up requests to a bank's service desk, for tests and first steps; the same seed, the same.

Each kind has a few sentences with gaps; some requests are garbled on purpose, so that a model
that learns from these is sometimes unsure and sometimes wrong.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import product
from typing import Final

GARBLED: Final = 0.08  # of all requests: two kinds in one sentence, labelled with the first
SENTENCES: Final[dict[str, tuple[str, ...]]] = {
    "card_arrival": (
        "my {card} has not come {time}",
        "when does the {card} you sent arrive",
        "still waiting for the {card} {time}",
    ),
    "card_lost": (
        "I lost my {card} {time}",
        "somebody stole my {card}, block it",
        "cannot find the {card} anywhere",
    ),
    "cash_withdrawal_fee": (
        "why was I charged at the {atm}",
        "there is a fee for cash from the {atm} {time}",
        "the {atm} cost me extra",
    ),
    "exchange_rate": (
        "which rate do you use for {currency}",
        "the rate for {currency} was wrong {time}",
        "can I exchange {currency} in the app",
    ),
    "transfer_pending": (
        "my transfer to {whom} is still pending {time}",
        "the money I sent to {whom} did not arrive",
        "how long does a transfer to {whom} take",
    ),
    "top_up_failed": (
        "my top up failed {time}",
        "topping up with {card} does not work",
        "the top-up was reverted {time}",
    ),
    "verify_identity": (
        "how do I verify my identity",
        "you do not accept my {paper} as identity",
        "verification with my {paper} fails {time}",
    ),
    "refund_missing": (
        "the refund from {shop} is not there {time}",
        "{shop} refunded me and I see nothing",
        "where is my refund of {shop}",
    ),
}
GAPS: Final[dict[str, tuple[str, ...]]] = {
    "card": ("card", "debit card", "virtual card", "new card"),
    "time": ("yet", "since Monday", "for two weeks", "yesterday", "this morning"),
    "atm": ("atm", "machine at the station", "foreign atm", "machine in the bank"),
    "currency": ("dollars", "pounds", "yen", "kronor"),
    "whom": ("my landlord", "a friend", "China", "my other bank"),
    "paper": ("passport", "driving licence", "id card"),
    "shop": ("the shoe shop", "an airline", "the supermarket", "a hotel"),
}
OPENINGS: Final = ("", "hello, ", "please help: ", "hi there, ", "urgent! ", "excuse me, ")


def requests(count: int, seed: int) -> list[tuple[str, str]]:
    """So many (text, kind) pairs."""
    draw = random.Random(seed)
    texts = {kind: _all(sentences) for kind, sentences in SENTENCES.items()}
    kinds = sorted(texts)
    found = []
    for _ in range(count):
        kind, other = draw.sample(kinds, 2)
        text = draw.choice(OPENINGS) + draw.choice(texts[kind])
        if draw.random() < GARBLED:
            text = f"{text} and {draw.choice(texts[other])}"
        found.append((text, kind))
    return found


def _all(sentences: Sequence[str]) -> list[str]:
    """Every way to fill every sentence."""
    filled = []
    for sentence in sentences:
        gaps = [name for name in GAPS if f"{{{name}}}" in sentence]
        for words in product(*(GAPS[name] for name in gaps)):
            filled.append(sentence.format(**dict(zip(gaps, words, strict=True))))
    return filled
