"""What libraries say of damaged files, as one error of this package."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from geocasualty.errors import InputError

__all__ = ["damage_said"]


@contextmanager
def damage_said(name: str, remedy: str) -> Iterator[None]:
    """Turn whatever a library raises of a file into one line that names the file and says what to do.

    Raises
    ------
    geocasualty.errors.InputError
        In place of any other exception but ``MemoryError``.
    """
    try:
        yield
    except (InputError, MemoryError):
        raise
    except Exception as error:  # GDAL, GEOS, SQLite and Arrow raise classes of their own, with no common base
        said = f"{type(error).__name__}: {error}"[:200]
        raise InputError(f"{name}: a damaged file ({said}); {remedy}") from error
