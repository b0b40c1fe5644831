"""Each figure of the table of kinds is the measured or published one, and no other module has such a table."""

import ast

import geopandas as gpd
import numpy as np
import pytest
import shapely

from benchmarks.gazetteer_sets import airwars, dutch
from geocasualty import taxonomy
from geocasualty.gazetteer.precision import PRECISIONS, RADIUS_M
from geocasualty.geodesy import geodesic_distance_m
from geocasualty.taxonomy import INHABITED, KINDS, LEVELS, PARENT_COLUMN, SETTLEMENTS, TAXONOMY, radius_of
from tests.test_package import MODULES, PACKAGE

NOMINATIM_M = {"village": 2_000, "town": 4_000, "city": 15_000}
"""Its search radii of these ranks."""

CHOICES = {
    "neighbourhood": ("quarter", "neighbourhood", 2, 2, 2, 5_000),
    "camp": ("camp", "neighbourhood", 2, 5, 3, 5_000),
    "facility": ("site", "neighbourhood", 3, 5, 2, 5_000),
    "airbase": ("site", "neighbourhood", 4, 10, 3, 5_000),
    "village": ("settlement", "village", 2, 3, 4, 5_000),
    "town": ("settlement", "town", 4, 6, 4, 5_000),
    "city": ("settlement", "city", 15, 15, 5, 100_000),
    "area": ("area", "subdistrict", 15, 50, 5, 5_000),
    "subdistrict": ("area", "subdistrict", 15, 25, 7, 5_000),
    "district": ("area", "district", 45, 60, 8, 100_000),
    "governorate": ("area", "governorate", 100, 200, 9, 1_000_000),
    "country": ("area", "country", 500, np.inf, 10, 10_000_000),
}
"""Sort, precision, kilometres of radius and of merging, size, people: the table is not changed unawares."""


def test_the_table_is_the_one_that_answers_are_pinned_with():
    found = {
        kind: (row.search, row.precision, row.radius_m / 1000, row.merge_m / 1000, row.size, row.people)
        for kind, row in TAXONOMY.items()
    }
    assert found == CHOICES
    assert taxonomy.PERSONS_PER_KM2 == 6_000
    rungs = {"exact": 0.15, "street": 0.6, "neighbourhood": 1, "village": 3, "town": 4, "city": 15}
    rungs |= {"subdistrict": 15, "district": 45, "governorate": 100, "country": 500}
    assert {rung: metres / 1000 for rung, metres in RADIUS_M.items()} == rungs
    assert tuple(rungs) == PRECISIONS


def test_settlements_have_the_radii_that_nominatim_publishes():
    assert {kind: TAXONOMY[kind].radius_m for kind in SETTLEMENTS} == NOMINATIM_M
    for kind, factor in (("village", 1.5), ("town", 1.5), ("city", 1)):
        assert TAXONOMY[kind].merge_m == factor * NOMINATIM_M[kind]
    bounds = {kind: row.bounds_m for kind, row in TAXONOMY.items() if row.bounds_m}
    assert bounds == {"village": (2_000, 3_000), "town": (4_000, 6_000), "city": (4_500, 15_000)}
    for kind, (low, high) in bounds.items():
        assert radius_of(kind, 1)[0] == low
        assert radius_of(kind, 10**9)[0] == high


def test_levels_and_sorts_follow_from_the_table():
    assert [TAXONOMY[kind].level for kind in LEVELS] == [0, 1, 2, 3]
    assert list(PARENT_COLUMN.values()) == ["country", "admin1", "admin2", "admin3"]
    assert {"neighbourhood", "camp"} == INHABITED - SETTLEMENTS
    order = [PRECISIONS.index(TAXONOMY[kind].precision) for kind in KINDS]
    assert order == sorted(order)
    assert [TAXONOMY[kind].radius_m for kind in LEVELS] == sorted(
        (TAXONOMY[kind].radius_m for kind in LEVELS), reverse=True
    )


def inside(folder, level, starts=None):
    """Distances of even points of each area from its middle, or from where it starts, as one array an area."""
    found = []
    for outline in gpd.read_file(folder / f"irq_admbnda_adm{level}_cso_20190603.geojson").geometry.make_valid():
        west, south, east, north = outline.bounds
        lon, lat = (each.ravel() for each in np.meshgrid(np.linspace(west, east, 60), np.linspace(south, north, 60)))
        held = shapely.contains_xy(outline, lon, lat)
        points = [outline.centroid] if starts is None else [p for p in starts if shapely.contains(outline, p)]
        if len(points) == 1:
            found.append(geodesic_distance_m(points[0].x, points[0].y, lon[held], lat[held]))
    return found


def share(groups, metres):
    """Of the area within so many metres, each area counting alike."""
    return float(np.mean([(group <= metres).mean() for group in groups]))


@pytest.mark.real_data
def test_areas_lie_within_the_radius_of_their_kind(gaz, real_data):
    seats = [p.point for p in map(gaz.place, gaz.places["place_id"]) if p.kind == "district"]
    middle, seat = inside(real_data, 2), inside(real_data, 2, seats)
    assert (len(middle), len(seat)) == (101, 85)
    metres = TAXONOMY["district"].radius_m
    assert [round(share(each, metres), 2) for each in (middle, seat)] == [0.92, 0.86]
    assert [round(share(each, 25_000), 2) for each in (middle, seat)] == [0.68, 0.58]
    for kind, held in (("subdistrict", 0.72), ("governorate", 0.89)):
        assert round(share(inside(real_data, TAXONOMY[kind].level), TAXONOMY[kind].radius_m), 2) == held


def bare(gaz, rows, kind):
    """How far each point is from the place of this kind that its text names and no more."""
    found = []
    for row in rows.dropna(subset=["lon"]).itertuples():
        answer = gaz.resolve(row.text, country=row.country, governorate=row.admin1)
        place = answer.best.place if answer.status == "resolved" and answer.best else None
        whole = place is not None and answer.point == place.point and answer.radius_m == place.radius_m
        if whole and place.kind == kind and not answer.vicinity:
            found.append(float(geodesic_distance_m(place.lon, place.lat, row.lon, row.lat)))
    return np.array(found)


@pytest.mark.real_data
def test_what_is_reported_of_a_city_a_town_and_a_quarter_lies_within_its_radius(gaz, real_data):
    strikes = dutch(real_data)
    city, town = bare(gaz, strikes, "city"), bare(gaz, strikes, "town")
    assert (len(city), len(town), int((city < 25_000).sum())) == (136, 156, 129)
    shares = [(each <= TAXONOMY["city"].radius_m).mean() for each in (city, city[city < 25_000])]
    assert np.round(shares, 2).tolist() == [0.84, 0.88]
    assert np.round([(each <= 6_000).mean() for each in (city, city[city < 25_000])], 2).tolist() == [0.76, 0.80]
    assert round((town <= TAXONOMY["town"].radius_m).mean(), 2) == 0.81
    points = airwars(real_data)
    quarter = bare(gaz, points[points["stated_m"] == 1_000], "neighbourhood")
    assert len(quarter) == 25
    assert round((quarter <= TAXONOMY["neighbourhood"].radius_m).mean(), 2) == 0.96
    assert round((quarter <= RADIUS_M["neighbourhood"]).mean(), 2) == 0.84


EXCEPTIONS = {
    "taxonomy.py": "the table",
}


def second_tables(tree):
    """Lines of collections, strings of words among them, of three kinds or more and of nothing else."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            said = [node.keys] if all(isinstance(getattr(k, "value", None), str) for k in node.keys) else [node.values]
        elif isinstance(node, ast.Set | ast.Tuple | ast.List):
            said = [node.elts]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            said = [[ast.Constant(word) for word in node.value.replace("|", " ").replace(",", " ").split()]]
        else:
            continue
        for each in said:
            words = [part.value if isinstance(part, ast.Constant) else None for part in each]
            if len(words) >= 3 and all(isinstance(word, str) and word in TAXONOMY for word in words):
                yield node.lineno


def test_no_other_module_has_a_table_of_kinds():
    found = {
        str(path.relative_to(PACKAGE)): lines
        for path in MODULES
        if (lines := list(second_tables(ast.parse(path.read_text(encoding="utf-8")))))
    }
    assert found.keys() <= EXCEPTIONS.keys(), {path: found[path] for path in found.keys() - EXCEPTIONS.keys()}


@pytest.mark.parametrize(
    "planted",
    [
        'S = frozenset({"city", "town", "village"})',
        'LEVELS = ("country", "governorate", "district")',
        'R = {"city": 15, "district": 45, "village": 2}',
        'K = {0: "country", 1: "governorate", 2: "district"}',
        'S = "city town village".split()',
    ],
)
def test_a_planted_table_is_found(planted):
    assert list(second_tables(ast.parse(planted))) == [1]
    assert not list(second_tables(ast.parse('OSM = {"city": "city", "hamlet": "village", "town": "town"}')))
