"""Provenance counts every record once and tolerates frames from anywhere."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geocasualty.errors import InputError
from geocasualty.records._provenance import PROVENANCE_COLUMNS, provenance


def test_each_data_set_is_counted():
    frame = gpd.GeoDataFrame(
        {
            "dataset": ["b", "a", "b", "b"],
            "row": [1, 1, 1, 2],
            "reader": ["centcom 1", "csv 1", "centcom 1", "centcom 2"],
            "gazetteer": ["v1"] * 4,
            "corrected_by": ["", "me", None, ""],
        },
        geometry=[shapely.Point(1, 2), None, shapely.Point(), shapely.box(1, 2, 3, 4)],
        crs=4326,
    )
    assert provenance(frame).to_dict("records") == [
        dict(zip(PROVENANCE_COLUMNS, ("a", "csv 1", "v1", 1, 1, 0, 1, 1), strict=True)),
        dict(zip(PROVENANCE_COLUMNS, ("b", "centcom 1;centcom 2", "v1", 2, 3, 2, 1, 0), strict=True)),
    ]


def test_merged_rows_are_counted_once_each():
    frame = gpd.GeoDataFrame(
        {"dataset": "a", "row": [1, 2, 2, 5], "rows": ["1;3;4", "2", "2", None]}, geometry=[None] * 4, crs=4326
    )
    assert provenance(frame)[["rows", "accepted"]].to_numpy().tolist() == [[5, 4]]


def test_frames_without_the_columns_count_too(book):
    bare = book.strikes[["strike_id", "geometry"]]
    assert provenance(bare)[["dataset", "rows", "accepted"]].values.tolist() == [["", 5, 5]]
    assert provenance(bare.head(0)).dtypes.equals(provenance(bare).dtypes)
    with pytest.raises(InputError, match="GeoDataFrame"):
        provenance(pd.DataFrame())
