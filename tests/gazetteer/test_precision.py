"""Other projects' codes for accuracy, to the ladder and back."""

import pytest

from geocasualty.errors import InputError
from geocasualty.gazetteer.precision import PRECISIONS, SCHEMES, accuracy_of, code_of


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_code_is_a_rung_with_a_radius_and_coarser_codes_are_no_finer(scheme):
    rungs = [accuracy_of(scheme, code) for code in SCHEMES[scheme]]
    assert all(found.precision in PRECISIONS and found.radius_m > 0 for found in rungs)
    if scheme != "airwars":
        steps = [PRECISIONS.index(found.precision) for found in rungs]
        assert steps == sorted(steps)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_to_a_code_and_back_is_never_finer_than_a_town(scheme):
    for rung in PRECISIONS:
        code = code_of(scheme, rung)
        if not code:
            assert (scheme, rung) == ("airwars", "country")
            continue
        back = PRECISIONS.index(accuracy_of(scheme, code).precision)
        assert back >= PRECISIONS.index(rung) or rung in ("city", "country")


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
    for scheme, code in (("airwars", "roughly"), ("ucdp", "8"), ("acled", "0"), ("aiddata", ""), ("mine", "1")):
        with pytest.raises(InputError, match="unknown"):
            accuracy_of(scheme, code)
    with pytest.raises(InputError, match="unknown precision"):
        code_of("ucdp", "roughly")
