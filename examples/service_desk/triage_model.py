"""The model that says what a request is about, learnt from requests that people have sorted.

Words and pieces of words, weighed by how rare they are, into a logistic regression. The saved file
is a pickle, so it must come from the same hands as the code.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import joblib
import numpy as np
from scipy.sparse import hstack

from .cases import SimilarRequest

MOST_SIMILAR: Final = 3
STRENGTH: Final = 10.0  # inverse of the regularisation; chosen on training data by cross-validation


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The likeliest kind and the next one. Confidences are probabilities."""

    kind: str
    confidence: float
    second: str
    second_confidence: float
    similar: tuple[SimilarRequest, ...]
    model: str


class TriageModel:
    """A trained model with the requests it learnt from."""

    def __init__(self, parts: Mapping[str, Any]) -> None:
        self._parts = parts

    @classmethod
    def train(cls, requests: Sequence[tuple[str, str]]) -> TriageModel:
        """The model for these (text, kind) pairs. Raises: ValueError with fewer than two kinds."""
        from sklearn.feature_extraction.text import TfidfVectorizer  # slow to load; rarely trained
        from sklearn.linear_model import LogisticRegression

        texts, kinds = [text for text, _ in requests], [kind for _, kind in requests]
        weighers = (
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True).fit(texts),
            TfidfVectorizer(
                analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=2
            ).fit(texts),
        )
        features = _features(weighers, texts)
        classifier = LogisticRegression(C=STRENGTH, max_iter=300).fit(features, kinds)
        made_of = hashlib.sha256(repr(list(requests)).encode()).hexdigest()[:12]
        return cls(
            {
                "weighers": weighers,
                "classifier": classifier,
                "features": features,
                "past": list(requests),
                "model": f"triage-{made_of}",
            }
        )

    @classmethod
    def load(cls, path: Path) -> TriageModel:
        """The model saved there. Raises: FileNotFoundError."""
        return cls(joblib.load(path))

    def save(self, path: Path) -> None:
        """Write the model; it holds no class of this workflow, so any loader can read it."""
        joblib.dump(dict(self._parts), path, compress=1)

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """One reading a text, in order."""
        features = _features(self._parts["weighers"], texts)
        chances = self._parts["classifier"].predict_proba(features)
        likeness = (features @ self._parts["features"].T).toarray()
        return [self._reading(*each) for each in zip(chances, likeness, strict=True)]

    def _reading(self, chances: Any, likeness: Any) -> Reading:
        second, first = np.argsort(chances)[-2:]
        kinds, past = self._parts["classifier"].classes_, self._parts["past"]
        near = np.argsort(-likeness, kind="stable")[:MOST_SIMILAR]
        return Reading(
            kind=str(kinds[first]),
            confidence=float(chances[first]),
            second=str(kinds[second]),
            second_confidence=float(chances[second]),
            similar=tuple(SimilarRequest(text=past[i][0], kind=past[i][1]) for i in near),
            model=self._parts["model"],
        )


def _features(weighers: Sequence[Any], texts: Sequence[str]) -> Any:
    """What each weigher says of each text, side by side, as one sparse matrix."""
    return hstack([each.transform(texts) for each in weighers], format="csr")


class Reader:
    """The model as the workflow's system: loaded when it is first asked."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def _model(self) -> TriageModel:
        return TriageModel.load(self._path)

    def read(self, text: str) -> Reading:
        """What a request is about. Raises: FileNotFoundError when no model was trained."""
        return self._model.read([text])[0]
