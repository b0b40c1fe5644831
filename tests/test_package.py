"""What the package promises as a whole: lazy import, public names, layers, no place names in code, installations."""

import ast
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
    assert not {"numba", "matplotlib", "pandera", "folium", "geopandas", "pandas", "scipy"} & set(loaded)


def test_a_plain_join_imports_no_plotting_and_no_compiler():
    code = "import sys, geocasualty as g; g.match, g.load_gazetteer; print(*sys.modules)"
    loaded = {name.split(".")[0] for name in python(code).split()}
    assert not {"numba", "matplotlib", "pandera", "folium"} & loaded


BELOW = [gcas.gazetteer, gcas.records, gcas.matching, gcas.tallies, gcas.maps, gcas.datasets, gcas.errors]


def test_every_public_name_loads_and_has_a_docstring_with_an_example():
    for module in [gcas, *BELOW]:
        for name in module.__all__:
            thing = getattr(module, name)
            assert thing.__doc__, name
            if callable(thing) and not isinstance(thing, type):
                assert ">>>" in thing.__doc__, name


def test_the_top_holds_the_way_of_one_claim():
    assert {module.__name__.rpartition(".")[2] for module in BELOW} < {*gcas.__all__}
    assert len(gcas.__all__) <= 30
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
    "partition_records": gcas.matching.partition_records,
    "plot_figures": gcas.maps.plot_figures,
    "plot_sensitivity": gcas.maps.plot_sensitivity,
    "plot_tally": gcas.maps.plot_tally,
    "provenance": gcas.records.provenance,
    "published_figures": gcas.datasets.published_figures,
    "read_partitions": gcas.matching.read_partitions,
    "write_pairs": gcas.matching.write_pairs,
}


@pytest.mark.parametrize("old", MOVED)
def test_a_name_that_left_the_top_still_works_and_says_where_it_is(old):
    place = ".".join(MOVED[old].__module__.split(".")[:2])
    assert old not in gcas.__all__
    with pytest.warns(DeprecationWarning, match=rf"\.{old} is {place}\.{MOVED[old].__name__} now") as said:
        assert getattr(gcas, old) is MOVED[old]
    assert said[0].filename == __file__
    assert {*MOVED} == {*gcas._MOVED}


def test_no_place_name_stands_in_code():
    """Places come from the tables; code that knows one would be a hard-coded answer. Docstrings may name examples."""
    places = re.compile(r"hawi?j|huwayj|koban|raqqa|mosul|idlib|sinjar", re.IGNORECASE)
    for path in MODULES:
        if path.name in ("names.py", "_letters.py"):  # their rules carry examples of spellings
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        documented = {
            id(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented:
                assert not places.search(node.value), f"{path.name}:{node.lineno}: {node.value!r}"


def test_no_file_is_two_questions():
    assert {
        path.name: len(path.read_text().splitlines()) for path in MODULES if len(path.read_text().splitlines()) > 400
    } == {}


def test_no_registry_address_or_machine_path_in_any_file():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split(
        "\n"
    )
    unwanted = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|deb\.debian|/root/|/work/main|/home/[a-z]")
    for name in filter(None, tracked):
        path = ROOT / name
        if name == "tests/test_package.py" or not path.is_file() or path.suffix == ".png":
            continue
        found = unwanted.search(path.read_text(encoding="utf-8"))
        assert not found, f"{name}: {found}"


def test_the_oldest_versions_tested_are_the_lowest_that_are_allowed():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    needed = project["dependencies"]
    lowest = {line.partition(">=")[0].lower(): line.partition(">=")[2] for line in needed}
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
        "datasets/incidents.csv",
    ):
        assert f"geocasualty/{wanted}" in names
    assert not [name for name in names if name.startswith(("tests", "data", "benchmarks"))]
