"""Frames that were not made by the readers: other names of the geometry, columns of other tables, missing ids."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import geocasualty as gcas
from geocasualty.errors import InputError
from tests.matching.frames import records
from tests.matching.test_findings import HERE, LIMITS

OURS = records("incident", [HERE | {"belligerents": "Coalition"}])
THEIRS = records("strike", [HERE | {"belligerents": "Coalition"}])


def test_the_active_geometry_counts_whatever_its_name():
    plain = gcas.match(OURS, THEIRS, **LIMITS)
    assert len(plain) == 1
    named = gcas.match(OURS.rename_geometry("geom"), THEIRS.rename_geometry("wo"), **LIMITS)
    pd.testing.assert_frame_equal(plain, named)
    stale = THEIRS.assign(geom=THEIRS.geometry.translate(5)).set_geometry("geom", crs=4326)
    assert len(gcas.match(OURS, stale, **LIMITS)) == 0
    with pytest.raises(InputError, match="no column 'geometry'"):
        gcas.match(gpd.GeoDataFrame(OURS.drop(columns="geometry")), THEIRS, **LIMITS)


@pytest.mark.parametrize("column", ["radius_m", "start", "incident_id"])
def test_a_column_that_stands_twice_is_named(column):
    twice = pd.concat([OURS, OURS[[column]]], axis=1)
    with pytest.raises(InputError, match=f"column '{column}' stands more than once"):
        gcas.match(twice, THEIRS, **LIMITS)


@pytest.mark.parametrize("count", [1, 2_500])
def test_a_record_without_an_id_is_named(count):
    many = records("incident", [HERE] * count)
    many.loc[count - 1, "incident_id"] = np.nan
    with pytest.raises(InputError, match=f"row {count} of {count}: no incident_id"):
        gcas.match(many, THEIRS, **LIMITS)


def test_linking_minds_no_columns_of_other_tables():
    plain = gcas.link(OURS, OURS, **LIMITS)
    pd.testing.assert_frame_equal(gcas.link(OURS.assign(strike_id="x"), OURS.assign(strike_id="y"), **LIMITS), plain)
    assert len(gcas.matching.group_strikes(THEIRS.assign(incident_id="z"))) == 1
