"""What a gazetteer GeoPackage holds: its tables, and under which rules its names were folded."""

from __future__ import annotations

import hashlib
import unicodedata
from functools import cache
from pathlib import Path

from geocasualty.gazetteer import names
from geocasualty.gazetteer._tables import KEYS
from geocasualty.theatre._tables import in_order
from geocasualty.theatre.scripts import FOLDER as SCRIPTS

__all__ = ["FORMAT", "KEY_COLUMNS", "PLACE_COLUMNS", "TABLES", "keys_version"]

FORMAT = "geocasualty-gazetteer 1"

PLACE_COLUMNS = {
    "place_id": "str", "name": "str", "name_ar": "str", "kind": "str", "country": "str", "admin1": "str",
    "admin2": "str", "admin3": "str", "radius_m": "float", "radius_source": "str", "population": "int64",
    "feature_code": "str", "source": "str", "licence": "str", "note": "str",
}  # fmt: skip

KEY_COLUMNS = tuple(f"key_{key}" for key in KEYS)
"""The folded names of each name, so that a large gazetteer need not fold them when it is loaded."""

TABLES = ("places", "areas", "names", "provenance", "sources", "gazetteer")


@cache
def keys_version() -> str:
    """A digest of the rules by which names are folded; keys that were made under others are made anew."""
    digest = hashlib.sha256(f"{unicodedata.unidata_version} {','.join(KEYS)} ".encode())
    for file in (Path(names.__file__), *in_order(SCRIPTS, "Latn")):
        if not file.is_file():
            return ""
        digest.update(file.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:12]
