"""A single claim counts the days of the country in which its place lies."""

import pytest

import geocasualty as gcas
from geocasualty.errors import InputError

LIMITS = {"within_km": 10, "within_days": 0}


@pytest.fixture(scope="module")
def strikes():
    return gcas.load_casebook().strikes


@pytest.mark.parametrize("place", ["38S LE 894 094", "35.3222, 43.7838"])
@pytest.mark.parametrize("country", [None, "IQ", "iq", "Iraq", "العراق"])
def test_a_reference_lies_in_a_country_as_a_name_does(strikes, place, country):
    claim = gcas.check(place, "2015-06-03", strikes, country=country, **LIMITS)
    assert (claim["finding"], claim["best_strike_id"]) == ("strike-reported-nearby", "nl-2015-06-02-hawijah")
    assert claim["coverage_share"] > 0


def test_a_country_may_be_named(strikes):
    claim = gcas.check("Sinjar", "2015-06-03", strikes, country="Iraq", **LIMITS)
    assert claim["finding"] == gcas.check("Sinjar", "2015-06-03", strikes, country="IQ", **LIMITS)["finding"]
    with pytest.raises(InputError, match="country is 'Narnia'; expected"):
        gcas.check("Sinjar", "2015-06-03", strikes, country="Narnia", **LIMITS)


def test_a_country_over_a_generalised_border_is_said(strikes):
    claim = gcas.check("36.8912, 38.3536", "2015-06-03", strikes, **LIMITS)
    assert "country taken as SY, whose generalised border is 0.5 km away" in claim["reason"]


def test_days_of_no_known_zone_are_said(strikes):
    far = "34.0, 30.0"
    assert "the days are those of UTC" in gcas.check(far, "2015-06-03", strikes, **LIMITS)["reason"]
    assert "UTC" not in gcas.check(far, "2015-06-03T12:00Z", strikes, **LIMITS)["reason"]
    assert "UTC" not in gcas.check(far, "2015-06-03", strikes, country="TR", **LIMITS)["reason"]
