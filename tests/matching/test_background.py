"""The background rate against moving the incident day by day through the join itself."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import geocasualty as gcas
from geocasualty.matching._background import background
from geocasualty.matching._join import DAY, Limits
from tests.matching.frames import records


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-20, 20), st.sampled_from([1 / 1440, 1, 3])), max_size=8),
    st.sampled_from([0.5, 1, 4]),
    st.sampled_from([0, 0.5, 2]),
    st.booleans(),
)
def test_shifting_the_incident_through_the_join_gives_the_same_days(strikes, days, within_days, wholly):
    frame = records("strike", [{"xy": (43, 35), "day": day, "days": length} for day, length in strikes])
    passed = counted = 0
    for shift in range(-15, 16):
        if abs(shift) < days + within_days:
            continue
        moved = records("incident", [{"xy": (43, 35), "day": shift, "days": days}])
        found = gcas.match(moved, frame, within_km=1, within_days=within_days)
        counted += 1
        passed += bool((found["relation"] == "within").any() if wholly else len(found))
    seconds = [
        frame[column].dt.tz_localize(None).to_numpy().astype("datetime64[s]").astype(np.int64)
        for column in ("start", "end")
    ]
    start = int(pd.Timestamp("2015-06-03", tz="UTC").timestamp())
    got = background(
        start, start + int(days * DAY), tuple(seconds), Limits(1000, int(within_days * DAY)), wholly=wholly,
        covered=lambda start, end: start < end, days=15,
    )  # fmt: skip
    assert got == (passed, counted)


def test_days_that_the_records_do_not_cover_do_not_count():
    covered = {3, 4, 5}
    starts = np.array([4 * DAY])
    got = background(
        0,
        DAY,
        (starts, starts + DAY),
        Limits(0, 0),
        wholly=False,
        covered=lambda a, _b: np.isin(a // DAY, list(covered)),
        days=10,
    )
    assert (got.passed, got.days) == (1, 3)
    assert got.rate == pytest.approx(1 / 3)


def test_without_any_day_the_rate_is_unknown_and_not_zero():
    nothing = np.array([], dtype=np.int64)
    got = background(0, DAY, (nothing, nothing), Limits(0, 0), wholly=True, covered=lambda a, b: a > b)
    assert got.days == 0
    assert np.isnan(got.rate)
