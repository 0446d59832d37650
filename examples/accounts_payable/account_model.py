"""The model that says which account a bill belongs to, learnt from earlier bookings.

Its probabilities are calibrated: of the suggestions it calls 95 % sure, about 95 % are right. The
saved file is a pickle, so it must come from the same hands as the code.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import joblib
import numpy as np

from .results import PastPosting

FOLDS: Final = 5  # of cross-validation, to find the calibration on bookings not trained on
MOST_SIMILAR: Final = 3
_WORD: Final = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """What is known of a bill when its account is chosen; `net` in any currency."""

    supplier_id: str
    text: str
    net: Decimal
    account: str = ""
    supplier: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """The likeliest account. Confidences are probabilities; `seen`: the supplier's bookings."""

    account: str
    name: str
    confidence: float
    second: str
    second_confidence: float
    seen: int
    similar: tuple[PastPosting, ...]
    model: str


class AccountModel:
    """A trained model with the bookings it learnt from."""

    def __init__(self, parts: Mapping[str, Any]) -> None:
        self._parts = parts
        self._past: list[dict[str, Any]] = parts["past"]
        self._seen = Counter(row["supplier_id"] for row in self._past)
        self._classes: list[str] = list(parts["classifier"].classes_)

    @classmethod
    def train(cls, bookings: Sequence[Booking], names: Mapping[str, str]) -> AccountModel:
        """The model for these bookings. names: account number to name."""
        from sklearn.calibration import CalibratedClassifierCV  # slow to load; training is rare
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression

        vectorizer = TfidfVectorizer(token_pattern=r"\S+", lowercase=False, sublinear_tf=True)
        features = vectorizer.fit_transform([features_of(each) for each in bookings])
        accounts = [each.account for each in bookings]
        # One temperature for all classes: rare accounts have too few bookings for curves of their
        # own.
        classifier = CalibratedClassifierCV(
            LogisticRegression(C=5.0, max_iter=500),
            method="temperature",
            cv=FOLDS,
            ensemble=False,
        ).fit(features, accounts)
        past = [_plain(each) for each in bookings]
        version = hashlib.sha256(repr(past).encode()).hexdigest()[:12]
        return cls(
            {
                "vectorizer": vectorizer,
                "classifier": classifier,
                "features": features,
                "past": past,
                "names": dict(names),
                "model": f"account-model-{version}",
            }
        )

    @classmethod
    def load(cls, path: Path) -> AccountModel:
        """The model saved there. Raises: FileNotFoundError."""
        return cls(joblib.load(path))

    def save(self, path: Path) -> None:
        """Write the model; it holds no class of this workflow, so any loader can read it."""
        joblib.dump(dict(self._parts), path, compress=3)

    def suggest(self, bookings: Sequence[Booking]) -> list[Suggestion]:
        """One suggestion a booking, in order."""
        features = self._parts["vectorizer"].transform([features_of(each) for each in bookings])
        probabilities = self._parts["classifier"].predict_proba(features)
        likeness = (features @ self._parts["features"].T).toarray()
        return [
            self._suggestion(booking, row, near)
            for booking, row, near in zip(bookings, probabilities, likeness, strict=True)
        ]

    def _suggestion(self, booking: Booking, row: Any, near: Any) -> Suggestion:
        second, first = np.argsort(row)[-2:]
        account = self._classes[first]
        return Suggestion(
            account=account,
            name=self._parts["names"].get(account, ""),
            confidence=float(row[first]),
            second=self._classes[second],
            second_confidence=float(row[second]),
            seen=self._seen[booking.supplier_id],
            similar=tuple(self._similar(near)),
            model=self._parts["model"],
        )

    def _similar(self, near: Any) -> Iterable[PastPosting]:
        for place in np.argsort(-near, kind="stable")[:MOST_SIMILAR]:
            row = self._past[int(place)]
            yield PastPosting(
                supplier=row["supplier"],
                text=row["text"],
                net=Decimal(row["net"]),
                account=row["account"],
                similarity=round(float(near[place]), 3),
            )


class Coder:
    """The account model behind its file; it is loaded when first asked."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def suggest(self, supplier_id: str, text: str, net: Decimal) -> Suggestion:
        """The suggestion for one bill."""
        return self.suggest_many([Booking(supplier_id=supplier_id, text=text, net=net)])[0]

    def suggest_many(self, bookings: Sequence[Booking]) -> list[Suggestion]:
        """One suggestion a bill; many at once are much cheaper each."""
        return self._model.suggest(bookings)

    @cached_property
    def _model(self) -> AccountModel:
        return AccountModel.load(self._path)


def features_of(booking: Booking) -> str:
    """What the model sees, as words: the text, pairs of its words, the supplier, the size."""
    words = [word.casefold() for word in _WORD.findall(booking.text)]
    pairs = [f"{first}_{second}" for first, second in pairwise(words)]
    size = len(str(int(abs(booking.net))))  # digits before the point
    supplier = f"supplier={booking.supplier_id}"
    return " ".join([*words, *pairs, supplier, f"{supplier}+size={size}", f"size={size}"])


def _plain(booking: Booking) -> dict[str, Any]:
    return {
        "supplier_id": booking.supplier_id,
        "supplier": booking.supplier,
        "text": booking.text,
        "net": str(booking.net),
        "account": booking.account,
    }
