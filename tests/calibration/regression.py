"""Logistic regression and how honest its probabilities are."""

from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray

from pipeline.stages.confidence import Features

Outcomes = NDArray[np.bool_]

BINS = 10
_STEPS = 50


@dataclass(frozen=True)
class Bin:
    """Predictions from `start` to `start` + 0.1: how many, their mean, and the share that came true."""

    start: float
    count: int
    said: float
    true: float


def fit(features: Features, right: Outcomes, caution: float) -> Features:
    """Weights (k,) for features (n, k) by Newton's method; `caution` pulls weights to 0 where little is known."""
    weights = np.zeros(features.shape[1])
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-features @ weights))
        slope = features.T @ (right - p) - caution * weights
        bend = (features * (p * (1 - p))[:, None]).T @ features + caution * np.eye(len(weights))
        weights += np.linalg.solve(bend, slope)
    return weights


def reliability(said: Features, right: Outcomes) -> list[Bin]:
    """Ten bins of equal width; empty ones are left out."""
    place = np.minimum((said * BINS).astype(int), BINS - 1)
    return [
        Bin(i / BINS, int(here.sum()), float(said[here].mean()), float(right[here].mean()))
        for i in range(BINS)
        if (here := place == i).any()
    ]


def calibration_error(said: Features, right: Outcomes) -> float:
    """Expected calibration error: the mean distance of bins from the truth, weighted by their counts."""
    bins = reliability(said, right)
    return sum(one.count * abs(one.said - one.true) for one in bins) / max(1, len(said))


def most_wrong(wrong: int, count: int) -> float:
    """The largest error rate, 0..1, at which so few of `count` are wrong once in twenty (Clopper and Pearson).

    1 where nothing was counted.
    """
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        rate = (low + high) / 2
        seen = sum(comb(count, k) * rate**k * (1 - rate) ** (count - k) for k in range(wrong + 1))
        low, high = (rate, high) if seen > 0.05 else (low, rate)
    return high if count else 1.0
