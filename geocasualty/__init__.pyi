from .datasets import Casebook, load_casebook, published_figures
from .gazetteer import Candidate, Gazetteer, Place, Resolution, load_gazetteer
from .gazetteer.building import Build, build_gazetteer
from .maps import OfflineMap, province_map, save_html, town_map
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

__all__ = [
    "Build",
    "Candidate",
    "Casebook",
    "Evidence",
    "Gazetteer",
    "OfflineMap",
    "Place",
    "Resolution",
    "apply_corrections",
    "build_gazetteer",
    "check",
    "coverage",
    "format_sources",
    "load_casebook",
    "load_gazetteer",
    "match",
    "parse_sources",
    "provenance",
    "province_map",
    "published_figures",
    "read_incidents",
    "read_records",
    "read_strikes",
    "save_html",
    "screen",
    "town_map",
    "validate_incidents",
    "validate_strikes",
    "write_records",
]
