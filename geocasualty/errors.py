"""Every exception and warning that the package raises."""

from __future__ import annotations

__all__ = [
    "BadRowsError",
    "GeocasualtyError",
    "GeocasualtyWarning",
    "InputError",
    "OutputError",
    "UnknownPlaceError",
]


class GeocasualtyError(Exception):
    """Anything that this package refuses to do, with what to do about it."""


class InputError(GeocasualtyError, ValueError):
    """A file, frame or argument that cannot be used as it is."""


class BadRowsError(InputError):
    """Rows that fail validation.

    Parameters
    ----------
    message : str
        The first failures in words.
    rejected : object
        The table of all failures: ``row``, ``column``, ``value``, ``reason``.
    """

    def __init__(self, message: str, rejected: object = None) -> None:
        super().__init__(message)
        self.rejected = rejected


class UnknownPlaceError(InputError):
    """A place that the gazetteer does not hold, or holds more than once."""


class OutputError(GeocasualtyError, OSError):
    """A file that cannot be written."""


class GeocasualtyWarning(UserWarning):
    """Something that changes what a result means, though it is no error."""
