"""Other projects' codes for accuracy, to the ladder."""

import numpy as np
import pytest

from benchmarks import rungs
from benchmarks.vicinity import resampled
from geocasualty.errors import InputError
from geocasualty.gazetteer.precision import PRECISIONS, RADIUS_M, SCHEMES, accuracy_of


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_code_is_a_rung_with_a_radius_and_coarser_codes_are_no_finer(scheme):
    rungs = [accuracy_of(scheme, code) for code in SCHEMES[scheme]]
    assert all(found.precision in PRECISIONS and found.radius_m > 0 for found in rungs)
    if scheme != "airwars":
        steps = [PRECISIONS.index(found.precision) for found in rungs]
        assert steps == sorted(steps)


@pytest.mark.parametrize(
    ("level", "precision"),
    [
        ("Province", "governorate"), ("Neighbourhood/area", "neighbourhood"), ("Nearby landmark", "street"),
        ("Within 100m", "exact"), ("Within 1m (Coalition)", "exact"), ("1 m", "exact"), ("exact_location", "exact"),
        ("City", "city"), ("Sub-district", "subdistrict"),
    ],
)  # fmt: skip
def test_airwars_levels_in_any_spelling(level, precision):
    assert accuracy_of("airwars", level).precision == precision


def test_what_is_no_code_is_refused():
    for scheme, code in (("airwars", "roughly"), ("ucdp", "8"), ("acled", "0"), ("acled", ""), ("mine", "1")):
        with pytest.raises(InputError, match="unknown"):
            accuracy_of(scheme, code)


@pytest.mark.real_data
def test_the_rungs_of_an_exact_place_and_of_a_village_hold_what_is_known_more_finely(real_data):
    metres, levels = rungs.corners(real_data)
    assert levels.value_counts().to_dict() == {"within_100m": 16, "exact_location": 5}
    assert (metres <= 100).mean() < 0.8
    assert 0.9 <= (metres <= RADIUS_M["exact"]).mean() <= 0.96
    within = metres[(levels == "within_100m").to_numpy()]
    assert (within <= 100).mean() == pytest.approx(np.pi / 4, abs=0.005)
    assert (within <= RADIUS_M["exact"]).all()
    pairs = rungs.finer("village", real_data)
    assert (pairs["code"].nunique(), pairs["name"].nunique()) == (40, 21)
    shares = {
        metres: [rungs.inside(pairs.iloc[chosen], metres) for chosen in resampled(pairs["name"].to_numpy(), 200)]
        for metres in (2_000, RADIUS_M["village"])
    }
    assert np.percentile(shares[2_000], 97.5) < 0.9 <= np.percentile(shares[RADIUS_M["village"]], 97.5)
