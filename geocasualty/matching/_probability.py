"""How probable is it that the true places and times of a pair lie within both limits?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from geocasualty.matching._spread import Block

__all__ = ["in_space", "in_time", "within_distance"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

CERTAIN = 10.0
"""Standard deviations beyond which a Gaussian holds nothing."""
FAR = 100.0
"""Standard deviations of distance from which the normal approximation is right to 1e-5, and far quicker."""


def within_distance(distance_m: Floats, sigma_m: Floats, limit_m: float) -> Floats:
    """The probability that two places are within a limit of each other, if their separation is a round Gaussian.

    The squared distance over the variance is noncentral chi-square with two degrees of freedom. The Earth is taken as
    flat around the pair: with standard deviations up to 50 km, draws on the ellipsoid agree to half a per cent.

    Parameters
    ----------
    distance_m : numpy.ndarray
        Between the two centres, in metres.
    sigma_m : numpy.ndarray
        Standard deviation of the separation along each axis, in metres; zero where both places are exact.
    limit_m : float
        The limit in metres.

    Examples
    --------
    >>> within_distance(np.array([0.0, 10_000.0, 3.0]), np.array([4_660.0, 1_000.0, 0.0]), 10_000.0).round(3).tolist()
    [0.9, 0.48, 1.0]
    >>> within_distance(np.array([]), np.array([]), 1.0).shape
    (0,)
    """
    from scipy.special import chndtr, ndtr

    distance, sigma = np.broadcast_arrays(distance_m, sigma_m)
    result = (distance <= limit_m).astype(float)
    near = np.abs(distance - limit_m) < CERTAIN * sigma
    far = near & (distance > FAR * sigma)
    near &= ~far
    result[near] = chndtr((limit_m / sigma[near]) ** 2, 2.0, (distance[near] / sigma[near]) ** 2)
    away, spread = distance[far], sigma[far]
    result[far] = ndtr((limit_m - away - spread**2 / (2 * away)) / spread)
    return result


def in_space(block: Block, limit_m: float) -> Floats:
    """The probability that the true places of each pair of a block are within ``limit_m`` metres.

    Examples
    --------
    >>> both = Block(np.array([0]), np.array([[0.25, 0.75]]), np.array([[3_000.0]]), np.array([[0.0, 1e5]]))
    >>> in_space(both, 5_000.0).round(3).tolist()
    [0.251]
    """
    inside = (block.share * within_distance(block.distance_m, block.sigma_m, limit_m)).sum(axis=1)
    return np.asarray(np.clip(inside, 0.0, 1.0))


def in_time(incident: tuple[Ints, Ints], strike: tuple[Ints, Ints], limit_s: int) -> Floats:
    """The probability that two true times lie within a limit of each other, each anywhere in its interval.

    Parameters
    ----------
    incident, strike : tuple of numpy.ndarray of int
        Starts and ends in seconds.
    limit_s : int
        The limit in seconds.

    Returns
    -------
    numpy.ndarray
        The share of the rectangle of both intervals that lies in the band: a piecewise polynomial.

    Examples
    --------
    >>> day = np.array([0]), np.array([86_400])
    >>> next_day = np.array([86_400]), np.array([172_800])
    >>> in_time(day, next_day, 86_400).tolist(), in_time(day, day, 0).tolist()
    ([0.5], [0.0])
    """
    return np.asarray(_earlier(incident, strike, limit_s) - _earlier(incident, strike, -limit_s))


def _earlier(incident: tuple[Ints, Ints], strike: tuple[Ints, Ints], lag: int) -> Floats:
    """The probability that strike minus incident is at most a lag; the squares stay small, as do their errors."""
    (i_start, i_end), (s_start, s_end) = ((np.asarray(a, float), np.asarray(b, float)) for a, b in (incident, strike))
    least, greatest = s_start - i_end, s_end - i_start
    at = np.clip(float(lag), least, greatest)

    def square(corner: Floats) -> Floats:
        return np.asarray(np.square(np.maximum(at - corner, 0.0)))

    total = square(least) - square(s_start - i_start) - square(s_end - i_end) + square(greatest)
    return np.asarray(np.clip(total / (2 * (i_end - i_start) * (s_end - s_start)), 0.0, 1.0))
