"""Claims of harm to civilians, located honestly and joined to reported strikes.

Here stands the way of one claim: read, check, match, screen, show, report. Everything else is one level down, in
:mod:`geocasualty.gazetteer`, ``records``, ``matching``, ``partitioned``, ``maps``, ``tallies``, ``datasets`` and
``errors``. The names load on first use: ``import geocasualty as gcas`` costs little more than nothing.
"""

from importlib import import_module as _import_module
from warnings import warn as _warn

import lazy_loader as _lazy

_named, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)

_MOVED = {
    "Build": "gazetteer.Build",
    "Candidate": "gazetteer.Candidate",
    "Casebook": "datasets.Casebook",
    "Evidence": "records.Evidence",
    "Gazetteer": "gazetteer.Gazetteer",
    "OfflineMap": "maps.OfflineMap",
    "Place": "gazetteer.Place",
    "Resolution": "gazetteer.Resolution",
    "add_figures": "tallies.sum_figures",
    "compare_figures": "tallies.compare_figures",
    "format_sources": "records.format_sources",
    "group_strikes": "matching.group_strikes",
    "knox": "matching.chance_test",
    "ledger": "tallies.allegations_by_month",
    "parse_sources": "records.parse_sources",
    "partition_records": "partitioned.partition_records",
    "plot_figures": "maps.plot_figures",
    "plot_sensitivity": "maps.plot_sensitivity",
    "plot_tally": "maps.plot_tally",
    "provenance": "records.provenance",
    "published_figures": "datasets.published_figures",
    "read_partitions": "partitioned.read_partitions",
    "write_pairs": "partitioned.write_pairs",
}
"""Names that stood here in 0.1, and where each is now. They go with the version after the next."""


def __getattr__(name: str) -> object:
    if name not in _MOVED:
        return _named(name)
    module, _, new = _MOVED[name].rpartition(".")
    _warn(f"geocasualty.{name} is geocasualty.{module}.{new} now", DeprecationWarning, stacklevel=2)
    return getattr(_import_module(f"{__name__}.{module}"), new)
