"""What an installation without the extras answers: the same, or one line that names the extra."""

import subprocess
import sys
import tomllib
import warnings

import numpy as np
import pandas as pd
import pytest

import geocasualty as gcas
from geocasualty import _extras
from geocasualty.cli import main
from geocasualty.errors import GeocasualtyWarning, InputError
from tests.conftest import ROOT
from tests.matching.frames import records

BOOK = ROOT / "geocasualty" / "datasets"


@pytest.fixture
def hide(monkeypatch):
    """Let packages be missing, and forget what was found of them."""

    def hidden(*packages):
        for package in packages:
            monkeypatch.setitem(sys.modules, package, None)
        _extras.available.cache_clear()

    yield hidden
    _extras.available.cache_clear()


def scattered(role, count, seed):
    rng = np.random.default_rng(seed)
    xy = [43, 35] + rng.random((count, 2)) / 50
    more = zip(xy.tolist(), rng.integers(0, 90, count).tolist(), rng.choice([50.0, 900.0], count), strict=True)
    return records(role, [{"xy": at, "day": day, "days": 0.1, "radius_m": radius} for at, day, radius in more])


def test_each_extra_brings_what_the_messages_say_and_all_brings_every_one():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    for package, (extra, _) in _extras.SERVES.items():
        brought = {line.partition(">=")[0].replace("-", "_") for line in extras[extra]}
        assert package in brought or (package == "dask" and "dask_geopandas" in brought)
    assert extras["all"] == ["geocasualty[fast,plots,excel,pdf,tiles,dask,notebook]"]
    assert any(line.startswith("mapclassify") for line in extras["notebook"])  # GeoDataFrame.explore needs it
    for name in ("bench", "docs", "test"):
        assert "geocasualty[all]" in extras[name]


def test_without_numba_a_large_join_is_the_same_after_one_warning(hide):
    ours, theirs = scattered("incident", 2_300, 1), scattered("strike", 40, 2)
    limits = {"within_km": 1.0, "within_days": 1, "bounds": True}
    expected = gcas.match(ours, theirs, **limits)
    assert len(expected) > 50
    hide("numba")
    with pytest.warns(GeocasualtyWarning, match=r"geocasualty\[fast\]") as caught:
        found = gcas.match(ours, theirs, **limits)
    assert sum(issubclass(one.category, GeocasualtyWarning) for one in caught) == 1
    pd.testing.assert_frame_equal(found, expected, rtol=1e-9)
    with warnings.catch_warnings():
        warnings.simplefilter("error", GeocasualtyWarning)
        gcas.match(ours, theirs, **limits)
        with pytest.raises(InputError, match="more than max_pairs=10 pairs"):
            gcas.match(ours, theirs, **limits, max_pairs=10)


def test_without_numba_partitions_are_joined_the_same(hide):
    import dask_geopandas

    ours, theirs = scattered("incident", 5_000, 1), scattered("strike", 80, 2)
    laid = dask_geopandas.from_geopandas(theirs, npartitions=2)
    expected = gcas.match(ours, laid, within_km=1.0, within_days=1).compute()
    hide("numba")
    with pytest.warns(GeocasualtyWarning, match=r"geocasualty\[fast\]"):
        found = gcas.match(ours, laid, within_km=1.0, within_days=1).compute()
    assert len(expected) > 50
    pd.testing.assert_frame_equal(found, expected, rtol=1e-9)


def test_without_matplotlib_every_plot_names_the_extra(hide):
    book = gcas.load_casebook()
    table = gcas.tally(book.incidents, by="month")
    tried = gcas.sensitivity(book.incidents, book.strikes, within_km=[1], within_days=[0])
    figures = gcas.datasets.published_figures()
    figures = figures[figures["what"] == "civilians killed"]
    hide("matplotlib")
    for plot in (
        lambda: gcas.plot_province(book.incidents, book.strikes),
        lambda: gcas.plot_town("Hawijah"),
        lambda: gcas.maps.plot_tally(table),
        lambda: gcas.maps.plot_figures(figures),
        lambda: gcas.maps.plot_sensitivity(tried),
    ):
        with pytest.raises(InputError, match=r"^figures need matplotlib; install geocasualty\[plots\]$"):
            plot()


def test_without_openpyxl_a_workbook_names_the_extra(hide, tmp_path):
    (tmp_path / "claims.xlsx").write_bytes(b"")
    hide("openpyxl")
    with pytest.raises(InputError, match=r"^Excel workbooks need openpyxl; install geocasualty\[excel\]$"):
        gcas.read_incidents(tmp_path / "claims.xlsx")


def test_without_dask_partitions_name_the_extra(hide, tmp_path):
    hide("dask", "dask_geopandas")
    with pytest.raises(InputError, match=r"^partitions need Dask; install geocasualty\[dask\]$"):
        gcas.partitioned.read_partitions(tmp_path)


def test_a_package_that_does_not_load_says_why(hide, monkeypatch, tmp_path):
    (tmp_path / "openpyxl.py").write_text("raise ImportError('needs another Python')")
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in [name for name in sys.modules if name.partition(".")[0] == "openpyxl"]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(InputError, match=r"install geocasualty\[excel\] \(needs another Python\)$"):
        _extras.need("openpyxl")


NEAR = "--within-km 1 --within-days 0"


@pytest.mark.parametrize(
    ("words", "extra"),
    [
        (f"sensitivity {{i}} {{s}} {NEAR} --plot p.png", "plots"),
        ("tally {i} --by month -o t.xlsx", "excel"),
        (f"screen {{i}} {{s}} {NEAR} -o t.xlsx", "excel"),
        ("resolve --file names.xlsx", "excel"),
        ("tally names.xlsx --by month", "excel"),
        (f"check --place Hawijah --date 2015-06-03 --strikes names.xlsx {NEAR}", "excel"),
        (f"screen names.xlsx {{s}} {NEAR}", "excel"),
        (f"match names.xlsx {{s}} {NEAR}", "excel"),
        (f"sensitivity names.xlsx {{s}} {NEAR}", "excel"),
        (f"link names.xlsx {{i}} {NEAR}", "excel"),
        (f"report names.xlsx {{s}} {NEAR} -o r.html", "excel"),
        (f"report {{i}} {{s}} {NEAR} -o r.pdf", "pdf"),
        ("map province names.xlsx {s} -o m.html", "excel"),
        (f"map town Hawijah names.xlsx {{s}} {NEAR} -o m.html", "excel"),
    ],
)
def test_the_command_line_says_it_in_one_line(words, extra, hide, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "names.xlsx").write_bytes(b"PK")
    hide(*(package for package, (brought_by, _) in _extras.SERVES.items() if brought_by == extra))
    files = {"i": BOOK / "incidents.csv", "s": BOOK / "strikes.csv"}
    with pytest.raises(SystemExit) as left:
        main([word.format(**files) for word in words.split()])
    out, err = capsys.readouterr()
    assert left.value.code == 2
    assert out == ""
    assert len(err.splitlines()) == 1
    assert f"install geocasualty[{extra}]" in err
    assert [path.name for path in tmp_path.iterdir()] == ["names.xlsx"]


def test_names_load_and_small_joins_run_where_no_extra_is_installed():
    code = (
        # other packages warn of each other on the lowest versions
        "import sys, warnings; warnings.filterwarnings('error', module='geocasualty|__main__')\n"
        "sys.modules |= dict.fromkeys(['numba', 'matplotlib', 'openpyxl', 'pypdf', 'pmtiles', 'dask', 'mapclassify'])\n"
        "import geocasualty as g\n"
        "for name in g.__all__: getattr(g, name)\n"
        "book = g.load_casebook(); print(len(g.match(book.incidents, book.strikes, within_km=10, within_days=0)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 0
