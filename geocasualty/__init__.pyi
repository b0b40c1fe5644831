from .datasets import Casebook, load_casebook, published_figures
from .gazetteer import Candidate, Gazetteer, Place, Resolution, load_gazetteer
from .gazetteer.building import Build, build_gazetteer
from .maps import OfflineMap, plot_figures, plot_tally, province_map, save_html, town_map
from .matching import check, match, screen
from .records import (
    Evidence,
    apply_corrections,
    coverage,
    format_sources,
    parse_sources,
    provenance,
    read_incidents,
    read_records,
    read_strikes,
    validate_incidents,
    validate_strikes,
    write_records,
)
from .tallies import add_figures, compare_figures, ledger, tally

__all__ = [
    "Build",
    "Candidate",
    "Casebook",
    "Evidence",
    "Gazetteer",
    "OfflineMap",
    "Place",
    "Resolution",
    "add_figures",
    "apply_corrections",
    "build_gazetteer",
    "check",
    "compare_figures",
    "coverage",
    "format_sources",
    "ledger",
    "load_casebook",
    "load_gazetteer",
    "match",
    "parse_sources",
    "plot_figures",
    "plot_tally",
    "provenance",
    "province_map",
    "published_figures",
    "read_incidents",
    "read_records",
    "read_strikes",
    "save_html",
    "screen",
    "tally",
    "town_map",
    "validate_incidents",
    "validate_strikes",
    "write_records",
]
