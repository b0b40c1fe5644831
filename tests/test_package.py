"""What the package promises as a whole: lazy import, public names, layers, no place names in code, installations."""

import ast
import csv
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import geocasualty as gcas
from tests.conftest import ROOT

PACKAGE = ROOT / "geocasualty"
MODULES = sorted(PACKAGE.rglob("*.py"))


def python(code, **more):
    return subprocess.run(
        [sys.executable, *more.pop("flags", []), "-c", code],
        check=True,
        capture_output=True,
        text=True,
        **more,
    ).stdout


def test_import_loads_nothing_heavy():
    loaded = python("import sys, geocasualty; print(*sorted({name.split('.')[0] for name in sys.modules}))").split()
    assert not {"numba", "matplotlib", "folium", "geopandas", "pandas", "scipy"} & set(loaded)


def test_a_plain_join_imports_no_plotting_and_no_compiler():
    code = "import sys, geocasualty as g; g.match, g.load_gazetteer; print(*sys.modules)"
    loaded = {name.split(".")[0] for name in python(code).split()}
    assert not {"numba", "matplotlib", "folium"} & loaded


def test_a_report_imports_no_maps_of_folium():
    assert "folium" not in python("import sys, geocasualty as g; g.report; print(*sys.modules)").split()


BELOW = [
    gcas.gazetteer,
    gcas.records,
    gcas.matching,
    gcas.partitioned,
    gcas.tallies,
    gcas.maps,
    gcas.datasets,
    gcas.errors,
]


def test_every_public_name_loads_and_has_a_docstring_with_an_example():
    for module in [gcas, *BELOW]:
        for name in module.__all__:
            thing = getattr(module, name)
            assert thing.__doc__, name
            if callable(thing) and not isinstance(thing, type):
                assert ">>>" in thing.__doc__, name


def test_the_top_holds_the_way_of_one_claim():
    assert {module.__name__.rpartition(".")[2] for module in BELOW} < {*gcas.__all__}
    assert len(gcas.__all__) <= 43
    assert {*gcas.__all__} == {*dir(gcas)}


MOVED = {
    "Build": gcas.gazetteer.Build,
    "Candidate": gcas.gazetteer.Candidate,
    "Casebook": gcas.datasets.Casebook,
    "Evidence": gcas.records.Evidence,
    "Gazetteer": gcas.gazetteer.Gazetteer,
    "OfflineMap": gcas.maps.OfflineMap,
    "Place": gcas.gazetteer.Place,
    "Resolution": gcas.gazetteer.Resolution,
    "add_figures": gcas.tallies.sum_figures,
    "compare_figures": gcas.tallies.compare_figures,
    "format_sources": gcas.records.format_sources,
    "group_strikes": gcas.matching.group_strikes,
    "knox": gcas.matching.chance_test,
    "ledger": gcas.tallies.allegations_by_month,
    "parse_sources": gcas.records.parse_sources,
    "partition_records": gcas.partitioned.partition_records,
    "plot_figures": gcas.maps.plot_figures,
    "plot_sensitivity": gcas.maps.plot_sensitivity,
    "plot_tally": gcas.maps.plot_tally,
    "provenance": gcas.records.provenance,
    "published_figures": gcas.datasets.published_figures,
    "read_partitions": gcas.partitioned.read_partitions,
    "write_pairs": gcas.partitioned.write_pairs,
}


@pytest.mark.parametrize("old", MOVED)
def test_a_name_that_left_the_top_still_works_and_says_where_it_is(old):
    place = ".".join(MOVED[old].__module__.split(".")[:2])
    assert old not in gcas.__all__
    with pytest.warns(DeprecationWarning, match=rf"\.{old} is {place}\.{MOVED[old].__name__} now") as said:
        assert getattr(gcas, old) is MOVED[old]
    assert said[0].filename == __file__
    assert {*MOVED} == {*gcas._MOVED}


PLACES = re.compile(r"hawi?j|huwayj|koban|raqqa|mosul|idlib|sinjar", re.IGNORECASE)
FREE = ("theatre/", "records/formats/", "records/readers/")
"""Where names of parties and countries belong: tables, and what reads the files of one publisher."""
TO_MOVE = {"gazetteer/_phrase_words.py", "records/_flags.py", "records/_iso3166.py", "times.py"}
"""Words of languages and zones of countries that still stand in code."""


def names_of_parties_and_countries():
    with (PACKAGE / "theatre/theatres.csv").open(encoding="utf-8") as stream:
        readers = {row["reader"] for row in csv.DictReader(stream)}
    with (PACKAGE / "theatre/parties.csv").open(encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if not row["theatre"]]  # "regime" is a word, not a name
    names = {name.removeprefix("the ") for row in rows for name in (row["party"], *row["aliases"].split(";"))}
    countries = PACKAGE / "theatre/countries.csv"
    if countries.exists():
        with countries.open(encoding="utf-8") as stream:
            names |= {
                row[column]
                for row in csv.DictReader(stream)
                for column in row
                if column.startswith("name") and row[column]
            }
    words = sorted({name for name in names if len(name) >= 4 and name.casefold() not in readers}, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, words))})(?![\w-])", re.IGNORECASE)


def words_in_code(folder, pattern):
    """Each text in code that has one of the words; docstrings may name examples."""
    found = []
    for path in sorted(folder.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        documented = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        found += [
            (path.relative_to(folder).as_posix(), node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented
            if pattern.search(node.value)
        ]
    return found


def test_no_place_name_stands_in_code():
    """Places come from the tables; code that knows one would be a hard-coded answer."""
    found = words_in_code(PACKAGE, PLACES)
    assert [each for each in found if Path(each[0]).name != "names.py"] == []  # its spellings


def test_no_name_of_a_party_or_country_stands_in_code():
    found = words_in_code(PACKAGE, names_of_parties_and_countries())
    assert [each for each in found if not each[0].startswith(FREE) and each[0] not in TO_MOVE] == []


@pytest.mark.parametrize("planted", ["Coalition", "Houthis", "in Yemen", "روسيا", "Al Hawijah"])
def test_a_name_planted_in_any_package_is_found(tmp_path, planted):
    packages = [path for path in PACKAGE.iterdir() if (path / "__init__.py").exists() and path.name != "theatre"]
    for path in packages:
        (tmp_path / path.name).mkdir()
        (tmp_path / path.name / "planted.py").write_text(f'"""{planted}."""\nWHO = "{planted}"\n', encoding="utf-8")
    found = words_in_code(tmp_path, PLACES) + words_in_code(tmp_path, names_of_parties_and_countries())
    assert {name for name, _ in found} == {f"{path.name}/planted.py" for path in packages}
    assert len(packages) >= 7


def test_no_registry_address_or_machine_path_in_any_file():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split(
        "\n"
    )
    unwanted = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|deb\.debian|/root/|/work/main|/home/[a-z]")
    for name in filter(None, tracked):
        path = ROOT / name
        if name == "tests/test_package.py" or not path.is_file() or path.suffix == ".png":
            continue
        found = unwanted.search(path.read_text(encoding="utf-8", errors="replace"))
        assert not found, f"{name}: {found}"


def test_the_oldest_versions_tested_are_the_lowest_that_are_allowed():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    needed = [
        *project["dependencies"],
        *(line for name in ("fast", "plots", "excel", "pdf", "tiles", "dask", "notebook") for line in extras[name]),
    ]
    lowest = {line.partition(">=")[0].lower(): line.partition(">=")[2] for line in needed if ">=" in line}
    lines = (ROOT / "constraints-oldest.txt").read_text().splitlines()
    tested = dict(line.lower().split("==") for line in lines if not line.startswith("#"))
    assert tested == lowest


def demo_from(folder: Path, work: Path) -> str:
    """Run the demo with the package in ``folder``, from a folder that is no checkout."""
    work.mkdir()
    code = f"import sys; sys.path.insert(0, {str(folder)!r}); import geocasualty; print(geocasualty.__file__); "
    done = python(code + "from geocasualty.cli import main; main(['demo'])", cwd=work, flags=["-P"])
    assert (work / "demo" / "province.html").stat().st_size > 50_000
    return done


@pytest.mark.install
def test_editable_wheel_and_wheel_from_sdist_each_run_the_demo(tmp_path):
    assert str(ROOT) in demo_from(ROOT, tmp_path / "editable")
    build = [sys.executable, "-m", "build", "--outdir", str(tmp_path / "dist")]
    subprocess.run([*build, "--wheel", str(ROOT)], check=True, capture_output=True)
    direct = next((tmp_path / "dist").glob("*.whl")).rename(tmp_path / "direct.zip")
    subprocess.run([*build, str(ROOT)], check=True, capture_output=True)  # the sdist, and the wheel built from it
    through = next((tmp_path / "dist").glob("*.whl"))
    outputs = []
    for wheel, name in ((direct, "wheel"), (through, "sdist")):
        zipfile.ZipFile(wheel).extractall(tmp_path / name)
        printed = demo_from(tmp_path / name, tmp_path / f"{name}-work")
        assert str(tmp_path / name) in printed
        outputs.append(printed.split("\n", 1)[1])
    assert outputs[0] == outputs[1]
    assert sorted(zipfile.ZipFile(direct).namelist()) == sorted(zipfile.ZipFile(through).namelist())
    names = zipfile.ZipFile(through).namelist()
    for wanted in (
        "gazetteer/data/places.csv",
        "gazetteer/data/SOURCES.md",
        "py.typed",
        "theatre/iraq-syria/theatre.toml",
        "theatre/languages/en.toml",
        "theatre/scripts/Latn.toml",
        "datasets/incidents.csv",
    ):
        assert f"geocasualty/{wanted}" in names
    assert not [name for name in names if name.startswith(("tests", "data", "benchmarks"))]
