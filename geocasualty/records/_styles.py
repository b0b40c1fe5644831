"""How QGIS shows the layers of a GeoPackage as it opens them: points by precision, radii as discs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from xml.sax.saxutils import quoteattr

from geocasualty.gazetteer.precision import PRECISIONS

COLOURS = (
    "103,0,31", "152,0,67", "206,18,86", "231,41,138", "223,101,176", "140,107,177", "110,127,191", "74,144,184",
    "95,168,159", "154,165,171",
)  # fmt: skip
"""Red, green and blue of the rungs of precision, the finest the darkest."""

_TABLE = """
CREATE TABLE IF NOT EXISTS layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
    f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
    useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME
)"""
"""The table as QGIS makes it."""


def styles_table(tables: sqlite3.Connection, layers: Iterable[tuple[str, bool]], stamp: str) -> None:
    """Add the styles of some layers to a GeoPackage, each the default of its layer.

    With the name of each goes whether its shapes are filled as areas are, rather than marked as points; ``stamp`` is
    the time of change to state.
    """
    tables.execute(_TABLE)
    tables.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change) "
        "VALUES ('layer_styles', 'attributes', 'layer_styles', ?)",
        (stamp,),
    )
    tables.executemany(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, "
        "styleQML, styleSLD, useAsDefault, description, owner, update_time) "
        "VALUES ('', '', ?, 'geometry', ?, ?, '', 1, ?, '', ?)",
        [(name, name, _qml(filled=filled), "by precision", stamp) for name, filled in layers],
    )


def _qml(*, filled: bool) -> str:
    rungs = [*zip(PRECISIONS, COLOURS, strict=True), ("", COLOURS[-1])]
    categories = "".join(
        f'<category render="true" symbol="{number}" value={quoteattr(rung)} label={quoteattr(rung or "not stated")}/>'
        for number, (rung, _) in enumerate(rungs)
    )
    symbols = "".join(_symbol(number, colour, filled=filled) for number, (_, colour) in enumerate(rungs))
    renderer = '<renderer-v2 type="categorizedSymbol" attr="precision" forceraster="0" symbollevels="0">'
    return (
        '<!DOCTYPE qgis PUBLIC "http://mrcc.com/qgis.dtd" "SYSTEM"><qgis version="3.0" styleCategories="Symbology">'
        f"{renderer}<categories>{categories}</categories><symbols>{symbols}</symbols></renderer-v2></qgis>"
    )


def _symbol(number: int, colour: str, *, filled: bool) -> str:
    if filled:
        kind, layer = "fill", "SimpleFill"
        look = {"color": f"{colour},18", "style": "solid", "outline_color": f"{colour},200", "outline_width": "0.3"}
    else:
        kind, layer = "marker", "SimpleMarker"
        look = {"name": "circle", "color": f"{colour},255", "size": "2.4", "outline_color": "255,255,255,255"}
    props = "".join(f'<prop k="{key}" v="{value}"/>' for key, value in look.items())
    return f'<symbol name="{number}" type="{kind}"><layer class="{layer}" enabled="1">{props}</layer></symbol>'
