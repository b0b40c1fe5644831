"""Markers that would hide each other move apart, as on the page."""

from __future__ import annotations

import numpy as np

__all__ = ["spread"]

ROOM, ROUNDS, MOST = 4.0, 300, 120


def spread(positions: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """The shift of each marker, in the units of `positions`, shape (n, 2); the same markers give the same shifts.

    More than 120 stay where they are: a closer map tells them apart.

    Examples
    --------
    >>> import numpy as np
    >>> shifts = spread(np.zeros((2, 2)), np.array([10.0, 10.0]))
    >>> float(np.hypot(*(shifts[0] - shifts[1])).round(3))
    14.0
    >>> spread(np.zeros((0, 2)), np.zeros(0)).shape
    (0, 2)
    """
    n = len(positions)
    if n < 2 or n > MOST:
        return np.zeros((n, 2))
    turn = 2 * np.pi * np.arange(n) / n - np.pi / 2
    least = (sizes[:, None] + sizes[None, :]) / 2 + ROOM
    apart = np.hypot(*(positions[:, None] - positions[None, :]).transpose(2, 0, 1))
    np.fill_diagonal(apart, np.inf)
    crowded = (apart < least).any(axis=1)
    placed = positions + crowded[:, None] * np.column_stack([np.cos(turn), np.sin(turn)])
    for _ in range(ROUNDS):
        step = placed[:, None] - placed[None, :]
        far = np.hypot(step[..., 0], step[..., 1])
        np.fill_diagonal(far, np.inf)
        lack = np.clip(least - far, 0, None)
        if not (lack > 0.01).any():
            break
        push = (step / np.maximum(far, 0.01)[..., None] * lack[..., None]).sum(axis=1)
        placed = (
            placed + 0.5 * push / np.maximum((lack > 0).sum(axis=1), 1.0)[:, None]
        )  # their mean: a sum would explode
    return np.asarray(placed - positions)
