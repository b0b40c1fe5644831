"""The compiled join gives what trying every pair gives, whatever the data, the threads and the disk."""

import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pyproj import Transformer

import geocasualty as gcas
from geocasualty.errors import GeocasualtyWarning, InputError
from geocasualty.geodesy import geodesic_distance_m, geodesic_offset
from geocasualty.matching import _fast, _grid, _pairs
from tests.matching.frames import records
from tests.matching.oracle import assert_same
from tests.matching.oracle import pairs as oracle
from tests.matching.test_join import bad_frames, one, sites

MM_PER_KM = 1e-6


def brute(monkeypatch, *frames, **limits):
    with monkeypatch.context() as patch:
        patch.setattr(_pairs, "MANY_INCIDENTS", 10**9)
        patch.setattr(_pairs, "MANY_COMBINATIONS", 10**18)
        return gcas.match(*frames, **limits)


def fast(monkeypatch, *frames, **limits):
    with monkeypatch.context() as patch:
        patch.setattr(_pairs, "MANY_INCIDENTS", -1)
        return gcas.match(*frames, **limits)


def both(*frames, **limits):
    """The compiled answer, after it has been compared with the other."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        expected = brute(monkeypatch, *frames, **limits)
        found = fast(monkeypatch, *frames, **limits)
    pd.testing.assert_frame_equal(found, expected, rtol=MM_PER_KM, atol=1e-9)
    return found


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(sites(), max_size=5),
    st.lists(sites(), max_size=6),
    st.sampled_from([0, 1.0, 2.5, 5, 450, 19_000]),
    st.sampled_from([0, 1, 3]),
)
def test_the_pairs_are_those_of_the_definition(ours, theirs, km, days):
    incidents, strikes = records("incident", ours), records("strike", theirs)
    found = both(incidents, strikes, within_km=km, within_days=days, bounds=True)
    assert_same(found, oracle(incidents, strikes, km, days))


def many(role, count, rng, where, radii, spans):
    """Points of one kind: around a few centres, a meridian, a pole or anywhere; some twice, some nowhere."""
    lon, lat = {
        "towns": lambda: (
            43 + rng.choice(4, count) * 0.3 + rng.normal(0, 0.02, count),
            35 + rng.normal(0, 0.02, count),
        ),
        "antimeridian": lambda: (180 + rng.normal(0, 0.05, count), rng.normal(-17, 0.05, count)),
        "pole": lambda: (rng.uniform(-180, 180, count), 90 - np.abs(rng.normal(0, 0.1, count))),
        "south": lambda: (rng.uniform(-180, 180, count), -90 + np.abs(rng.normal(0, 0.3, count))),
        "country": lambda: (rng.uniform(38, 48, count), rng.uniform(30, 37, count)),
        "world": lambda: (rng.uniform(-180, 180, count), np.degrees(np.arcsin(rng.uniform(-1, 1, count)))),
    }[where]()
    lon = (lon + 180) % 360 - 180
    twice = rng.random(count) < 0.1
    lon[twice], lat[twice] = lon[0], lat[0]
    radius = {
        "none": lambda: np.zeros(count),
        "one": lambda: np.full(count, 3_000.0),
        "own": lambda: rng.lognormal(np.log(2_000), 1.6, count),
    }[radii]()
    days = {
        "day": lambda: np.ones(count),
        "mixed": lambda: rng.choice([1 / 1440, 0.5, 1, 3, 30, 365], count, p=[0.2, 0.2, 0.3, 0.15, 0.1, 0.05]),
    }[spans]()
    rows = [
        {
            "geometry": None if rng.random() < 0.03 else shapely.Point(lon[n], lat[n]),
            "radius_m": radius[n],
            "day": int(rng.integers(-20, 20)) + (0.25 if spans == "mixed" else 0),
            "days": days[n],
            "belligerents": str(rng.choice(["", "Coalition", "Russia", "Coalition;Russia"])),
        }
        for n in range(count)
    ]
    return records(role, rows)


PLACES = ["towns", "antimeridian", "pole", "south", "country", "world"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(0, 10**6),
    st.sampled_from(PLACES),
    st.sampled_from(["none", "one", "own"]),
    st.sampled_from(["day", "mixed"]),
    st.sampled_from([0, 2, 30, 399, 5_000]),
    st.sampled_from([0, 2]),
    st.sampled_from(["overlap", "any", ("Russia",)]),
)
@example(1, "world", "own", "mixed", 20_100, 2, "any")
@example(2, "pole", "own", "mixed", 30, 2, "any")
@example(3, "antimeridian", "one", "day", 2, 2, "overlap")
def test_crowds(seed, where, radii, spans, km, days, belligerents):
    rng = np.random.default_rng(seed)
    incidents, strikes = (many(role, n, rng, where, radii, spans) for role, n in (("incident", 60), ("strike", 150)))
    both(incidents, strikes, within_km=km, within_days=days, belligerents=belligerents, bounds=True)


def areas(role, rng, count):
    shapes = [
        shapely.box(43, 35, 44.5, 36.2),
        shapely.Polygon([(43, 34), (43.4, 34), (43.4, 34.5), (43.2, 34.1)]),
        shapely.MultiPolygon([shapely.box(42, 35, 42.1, 35.1), shapely.box(44, 34, 44.1, 34.1)]),
        shapely.box(179.7, -17, 180, -16.8),
        shapely.box(-180, -17, -179.8, -16.9),
        shapely.box(-20, 89.2, 30, 90),
    ]
    rows = []
    for _ in range(count):
        kind = int(rng.integers(0, 2 * len(shapes)))
        near = shapes[kind % len(shapes)].centroid
        x = (near.x + rng.normal(0, 0.3) + 180) % 360 - 180
        point = shapely.Point(x, min(90.0, near.y + rng.normal(0, 0.3)))
        area = kind < len(shapes)
        rows.append(
            {
                "geometry": shapes[kind] if area else point,
                "radius_m": np.nan if area else float(rng.choice([0, 500, 20_000])),
                "day": int(rng.integers(0, 3)),
            }
        )
    return records(role, rows)


@pytest.mark.parametrize("km", [0, 5, 60])
def test_areas(km):
    rng = np.random.default_rng(7)
    found = both(areas("incident", rng, 25), areas("strike", rng, 40), within_km=km, within_days=0, bounds=True)
    assert found["distance_km"].isna().any()


@pytest.mark.parametrize("bearing", [0, 37, 90, 200])
@pytest.mark.parametrize("metres", [1_000.0, 250_000.0, 399_999.0, 400_001.0, 3_000_000.0])
@pytest.mark.parametrize("lat", [0.0, 35.0, -78.0])
def test_ties_on_the_limit(metres, bearing, lat):
    xy = geodesic_offset(43, lat, bearing, metres)
    exact = float(geodesic_distance_m(43, lat, *xy))
    incident, strike = one("incident", xy=(43, lat)), one("strike", xy=xy)
    steps = [
        exact,
        *(np.nextafter(exact, way) for way in (0, np.inf)),
        exact - 1e-4,
        exact + 1e-4,
        exact - 1.5,
        exact + 1.5,
    ]
    for limit in steps:
        both(incident, strike, within_km=limit / 1000, within_days=0, bounds=True)
        both(incident, strike.assign(radius_m=limit / 2), within_km=limit / 2000, within_days=0, bounds=True)
        both(incident, strike.assign(radius_m=700.0), within_km=(limit + 700) / 1000, within_days=0, bounds=True)


def ecef(lon, lat):
    nothing, none = np.zeros(len(lon)), np.zeros(len(lon), dtype=np.int64)
    out = np.empty((len(lon), 8))
    every = np.arange(len(lon))
    _grid.fill(lon, lat, nothing, none, none, none[:0], none, every, every, out, 0, len(lon))
    return out[:, :3]


def test_earth_centred_coordinates_are_those_of_proj():
    rng = np.random.default_rng(4)
    lon = np.concatenate([rng.uniform(-180, 180, 5_000), [-180, 180, 0, -0.0, 90, -90, 1e-300, 43.0, 43.0]])
    lat = np.concatenate([rng.uniform(-90, 90, 5_000), [90, -90, 0, -0.0, 1e-300, 45, -45, 90, -90]])
    there = Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True).transform(lon, lat, np.zeros(len(lon)))
    assert np.abs(ecef(lon, lat) - np.column_stack(there)).max() <= 1e-8  # metres; ten steps of a double


def test_the_chord_gives_the_geodesic_to_a_tenth_of_a_millimetre_per_kilometre():
    rng = np.random.default_rng(3)
    lat = np.concatenate([rng.uniform(-90, 90, 4_000), rng.uniform(30, 38, 4_000), [90, -90, 0, 0]])
    lon = rng.uniform(-180, 180, len(lat))
    metres = 10 ** rng.uniform(-3, np.log10(399_000), len(lat))
    bearing = rng.uniform(0, 360, len(lat))
    there = np.array([geodesic_offset(*each) for each in zip(lon, lat, bearing, metres, strict=True)])
    here, far = (ecef(*ends) for ends in ((lon, lat), there.T.copy()))
    chord = np.linalg.norm(here - far, axis=1)
    found = np.array([_grid._along(*(a - b), *(a + b), length) for a, b, length in zip(here, far, chord, strict=True)])
    assert (np.abs(found - geodesic_distance_m(lon, lat, *there.T)) <= 1e-7 * metres + 1e-8).all()


@settings(max_examples=30, deadline=None)
@given(st.lists(sites(), max_size=5), st.lists(sites(), max_size=5), st.randoms())
def test_the_order_of_rows_never_matters(ours, theirs, random):
    incidents, strikes = records("incident", ours), records("strike", theirs)
    a, b = list(range(len(ours))), list(range(len(theirs)))
    random.shuffle(a)
    random.shuffle(b)
    with pytest.MonkeyPatch.context() as patch:
        first = fast(patch, incidents, strikes, within_km=3, within_days=1, bounds=True)
        second = fast(patch, incidents.iloc[a], strikes.iloc[b], within_km=3, within_days=1, bounds=True)
    pd.testing.assert_frame_equal(first, second, check_exact=True)


def crowd(seed=5, incidents=1_500, strikes=4_000):
    rng = np.random.default_rng(seed)
    return (
        many("incident", incidents, rng, "towns", "own", "mixed"),
        many("strike", strikes, rng, "towns", "own", "mixed"),
    )


def test_threads_and_order_change_no_byte(monkeypatch):
    incidents, strikes = crowd()
    monkeypatch.setattr(_fast, "BUFFER", 512)  # many pieces, some of one incident
    found = []
    for threads, seed in ((1, 0), (2, 1), (5, 2)):
        monkeypatch.setattr(_fast, "workers", lambda threads=threads: threads)
        frames = (frame.sample(frac=1, random_state=seed) for frame in (incidents, strikes))
        found.append(fast(monkeypatch, *frames, within_km=3, within_days=1, bounds=True))
    assert len(found[0]) > 30_000
    for other in found[1:]:
        pd.testing.assert_frame_equal(found[0], other, check_exact=True)


def test_many_take_the_compiled_path_and_the_answer_stays(monkeypatch):
    incidents, strikes = crowd(6, 2_500, 900)
    found = gcas.match(incidents, strikes, within_km=1, within_days=0)
    pd.testing.assert_frame_equal(
        found, brute(monkeypatch, incidents, strikes, within_km=1, within_days=0), rtol=MM_PER_KM, atol=1e-9
    )


IDS = {
    "numbers": [30, 4, 100],
    "fractions": [2.5, -1.0, 0.0],
    "mixed": [7, "b", "a"],
    "bytes": [b"b", b"a", b"c"],
    "text in objects": ["β", "a", "Z"],
    "dates": list(pd.to_datetime(["2015-06-03", "2014-06-03", "2016-01-01"])),
}


@pytest.mark.parametrize("kind", IDS)
@pytest.mark.parametrize("as_objects", [True, False])
def test_ids_of_any_type(kind, as_objects):
    ids = pd.Series(IDS[kind], dtype=object if as_objects else None)
    rows = [{"xy": (43, 35)} for _ in ids]
    incidents = records("incident", rows).assign(incident_id=ids)
    strikes = records("strike", rows).assign(strike_id=ids)
    assert len(both(incidents, strikes, within_km=1, within_days=0)) == 9


@pytest.mark.parametrize("dtype", ["category", "string", "str", object])
def test_belligerents_of_any_type(dtype):
    names = pd.Series(["Russia", None, "Coalition;Russia", ""], dtype=dtype)
    incidents, strikes = (
        records(role, [{"xy": (43, 35)}] * 4).assign(belligerents=names) for role in ("incident", "strike")
    )
    assert len(both(incidents, strikes, within_km=1, within_days=0)) == 16
    both(incidents, strikes.assign(belligerents="Coalition"), within_km=1, within_days=0)


def test_categories_and_other_strings_as_ids():
    rows = [{"xy": (43, 35)} for _ in range(3)]
    for dtype in ("category", "string", "str"):
        ids = pd.Series(["s10", "s9", "s1"]).astype(dtype)
        incidents = records("incident", rows).assign(incident_id=ids)
        strikes = records("strike", rows).assign(strike_id=ids)
        assert len(both(incidents, strikes, within_km=1, within_days=0)) == 9


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_times_of_any_unit_and_before_1970(unit):
    incidents, strikes = one("incident", xy=(43, 35), day=-20_000.3), one("strike", xy=(43, 35), day=-20_001)
    for name in ("start", "end"):
        strikes[name] = strikes[name].dt.as_unit(unit) + pd.Timedelta(1, unit=unit)
        incidents[name] = incidents[name].dt.tz_convert("Asia/Baghdad")
    assert len(both(incidents, strikes, within_km=1, within_days=1, bounds=True)) == 1


@pytest.mark.parametrize("days", [1e6, 1e12, 1e14])
def test_limits_beyond_all_dates(days):
    rows = [{"xy": (43, 35), "day": day, "days": length} for day in (-600_000, 0, 2_000_000) for length in (0.001, 900)]
    found = both(records("incident", rows), records("strike", rows), within_km=1, within_days=days)
    assert len(found) == (20 if days == 1e6 else 36)


@pytest.mark.parametrize(
    ("says", "frame"), list(bad_frames()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_bad_frames_are_refused_in_the_same_words(says, frame, monkeypatch):
    words = []
    for way in (brute, fast):
        with pytest.raises(InputError, match=says) as caught:
            way(monkeypatch, frame, one("strike", xy=(43, 35)), within_km=1, within_days=0)
        words.append(str(caught.value))
    assert words[0] == words[1]


def test_another_crs_is_reprojected_and_said():
    incidents = one("incident", xy=(43, 35)).to_crs("EPSG:32638")
    with pytest.warns(GeocasualtyWarning, match="EPSG:32638; reprojected"):
        assert len(both(incidents, one("strike", xy=(43, 35)), within_km=0.001, within_days=0)) == 1


def test_nothing_located_and_nothing_at_all():
    nowhere = one("strike", geometry=None)
    for strikes in (nowhere, records("strike", []), one("strike", xy=(0, 0))):
        assert both(one("incident", xy=(43, 35)), strikes, within_km=1, within_days=0, bounds=True).empty
        assert both(records("incident", []), strikes, within_km=1, within_days=0).empty


@pytest.mark.parametrize("way", [brute, fast])
def test_too_many_pairs_are_refused_with_what_to_narrow(way, monkeypatch):
    rows = [{"xy": (43, 35)} for _ in range(20)]
    frames = records("incident", rows), records("strike", rows)
    assert len(way(monkeypatch, *frames, within_km=1, within_days=0, max_pairs=400)) == 400
    with pytest.raises(InputError, match=r"max_pairs=399 .*narrow within_km or within_days"):
        way(monkeypatch, *frames, within_km=1, within_days=0, max_pairs=399)
    with pytest.raises(InputError, match="max_pairs is -1"):
        way(monkeypatch, *frames, within_km=1, within_days=0, max_pairs=-1)


def test_an_interrupt_stops_the_join(monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(_fast, "wait", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fast(monkeypatch, *crowd(7, 300, 300), within_km=1, within_days=0)


def test_progress_is_shown_only_to_those_who_wait(monkeypatch, capsys):
    frames = crowd(8, 600, 300)
    fast(monkeypatch, *frames, within_km=1, within_days=0)
    assert "match" not in capsys.readouterr().err

    def one_by_one(tasks, **_):
        task = tasks.pop()
        task.result()
        return {task}, tasks

    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setattr(_fast, "PATIENCE_S", -1.0)
    monkeypatch.setattr(_fast, "wait", one_by_one)
    fast(monkeypatch, *frames, within_km=1, within_days=0)
    assert "match" in capsys.readouterr().err


READ_ONLY = """
import tempfile
def refuse(*_, **__):
    raise OSError("read-only")
tempfile.TemporaryFile = refuse  # how numba finds out; root may write anywhere
from geocasualty.matching import _grid
import numpy as np
assert _grid.order_by._cache.__class__.__name__ == "NullCache", _grid.order_by._cache
assert _grid.order_by(np.array([3, 1, 2]), np.arange(3)).tolist() == [1, 2, 0]
print("sorted")
"""


def test_a_disk_that_cannot_be_written_only_costs_the_cache():
    done = subprocess.run([sys.executable, "-c", READ_ONLY], capture_output=True, text=True, env=dict(os.environ))
    assert done.stdout == "sorted\n", done.stderr


SORTED = """
from geocasualty.matching import _grid
import numpy as np
print(_grid.order_by(np.array([3, 1, 2]), np.arange(3)).tolist())
print(sum(_grid.order_by.stats.cache_hits.values()))
"""


def sort_with_cache(folder):
    env = os.environ | {"NUMBA_CACHE_DIR": str(folder)}
    done = subprocess.run([sys.executable, "-c", SORTED], capture_output=True, text=True, env=env)
    assert done.returncode == 0, done.stderr
    order, hits = done.stdout.splitlines()
    assert order == "[1, 2, 0]"
    return int(hits), done.stderr.count("it is compiled again")


def flipped(held):
    """One bit of the machine code, which numba would run as it is."""
    middle = len(held) // 2
    return held[:middle] + bytes([held[middle] ^ 1]) + held[middle + 1 :]


def test_compiled_code_that_was_damaged_is_dropped_and_compiled_again(tmp_path):
    assert sort_with_cache(tmp_path) == (0, 0)
    assert sort_with_cache(tmp_path) == (1, 0)
    damages = [
        ("nbi", lambda held: held[: len(held) // 2]),
        ("nbi", lambda _: b""),
        ("nbc", lambda held: np.random.default_rng(4).bytes(len(held))),
        ("nbc", flipped),
    ]
    for ending, damage in damages:
        files = list(tmp_path.rglob(f"*order_by*.{ending}"))
        assert files
        for path in files:
            path.write_bytes(damage(path.read_bytes()))
        assert sort_with_cache(tmp_path) == (0, 1), (ending, damage)
    assert sort_with_cache(tmp_path) == (1, 0)


def test_compiled_code_that_finds_no_room_is_not_kept(tmp_path):
    script = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (0, -1))\n" + SORTED
    env = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    script = script.replace("import resource", "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=env)
    assert done.stdout == "[1, 2, 0]\n0\n", done.stderr
    assert sort_with_cache(tmp_path) == (0, 0)
