"""What every reader promises, and how others bring theirs."""

import os
import re
import subprocess
import sys
from importlib import metadata

import pandas as pd
import pytest

import geocasualty as gcas
from geocasualty.errors import InputError
from geocasualty.records import Reader, read_detections, readers
from geocasualty.records.conformance import failed_promises
from geocasualty.records.formats import GROUP
from tests.conftest import ROOT


@pytest.mark.parametrize("name", [name for name in readers() if name != "csv"])
def test_readers_keep_their_promises(name):
    assert failed_promises(readers()[name]) == []


def _native(cells):
    return {"strike_id": cells["n"], "start": cells["d"], "place_text": cells["p"]}


MINE = Reader(
    "mine",
    lambda columns: {"n", "d", "p"} <= {column.strip().lower() for column in columns},
    lambda cells: _native({name.strip().lower(): values for name, values in cells.items()}),
    version="1",
    roles=("strike",),
    known=lambda _: {"n", "d", "p"},
    times=("d",),
    help="mine",
    licence="mine",
    sample=({"n": "1", "d": "2015-06-03", "p": "Hit"}, {"n": "2", "d": "2015-06-03", "p": "Raqqa"}),
)


BROKEN = {
    "loses a row": MINE._replace(to_native=lambda cells: {k: v[:1] for k, v in MINE.to_native(cells).items()}),
    "changes what it is given": MINE._replace(
        to_native=lambda cells: MINE.to_native(cells) | {"start": cells.pop("d")}
    ),
    "recognises all": MINE._replace(recognises=lambda _: True),
    "needs an order": MINE._replace(recognises=lambda columns: list(columns)[:1] == ["n"]),
    "says no day": MINE._replace(
        to_native=lambda cells: {k: v for k, v in MINE.to_native(cells).items() if k != "start"}
    ),
    "knows too little": MINE._replace(known=lambda _: {"n", "p"}),
    "cannot read blanks": MINE._replace(
        to_native=lambda cells: (
            MINE.to_native(cells) | {"n_strikes": [str(len(text) // len(text)) for text in cells["d"]]}
        )
    ),
    "numbers": MINE._replace(to_native=lambda cells: MINE.to_native(cells) | {"n_strikes": [1 for _ in cells["n"]]}),
    "a name with blanks": MINE._replace(name="My reader"),
    "no help": MINE._replace(help=""),
}


def test_a_sound_reader_passes():
    assert failed_promises(MINE) == []


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_reader_does_not(fault):
    assert failed_promises(BROKEN[fault])


@pytest.fixture
def brought_by(monkeypatch):
    def bring(*found):
        class Point:
            def __init__(self, reader):
                self.name, self.reader = getattr(reader, "name", "odd"), reader

            def load(self):
                return self.reader

        monkeypatch.setattr(metadata, "entry_points", lambda group: [Point(each) for each in found if group == GROUP])
        readers.cache_clear()

    yield bring
    readers.cache_clear()


def test_a_reader_of_another_package_is_found_by_its_columns(brought_by, gaz):
    brought_by(MINE)
    frame = gcas.read_strikes(pd.DataFrame(list(MINE.sample)), gazetteer=gaz)
    assert frame["reader"].tolist() == ["mine/1"] * 2
    assert list(readers())[-1] == "csv"


@pytest.mark.parametrize("brought", [MINE._replace(name="airwars"), MINE._replace(name="csv"), "no reader"])
def test_what_is_no_reader_or_takes_a_name_is_refused(brought_by, brought):
    brought_by(brought)
    with pytest.raises(InputError, match=r"expected a geocasualty\.records\.Reader"):
        readers()


def test_detections_are_never_compared_with_claims(gaz):
    held = pd.DataFrame(list(readers()["firms"].sample))
    with pytest.raises(InputError, match="a fire is no strike"):
        gcas.read_strikes(held, gazetteer=gaz)
    with pytest.raises(InputError, match="a fire is no strike"):
        gcas.read_incidents(held, gazetteer=gaz)
    seen = read_detections(held, gazetteer=gaz)
    book = gcas.load_casebook(gaz)
    for compare in (gcas.match, gcas.screen, gcas.assess):
        with pytest.raises(InputError, match="strike_id"):
            compare(book.incidents, seen, within_km=10, within_days=1)
    with pytest.raises(InputError, match="strike_id"):
        gcas.check("Hawijah", "2015-06-03", seen, within_km=10, within_days=1)
    with pytest.raises(InputError, match="no detections"):
        read_detections(pd.DataFrame({"id": ["A"], "date": ["2015-06-03"], "place": ["Hit"]}), gazetteer=gaz)


@pytest.mark.parametrize("said", ["Possible", "possible?", "Confimed", "", "?", "Yes"])
def test_a_strike_that_is_not_confirmed_is_of_nobody(gaz, said):
    rows = [row | {"Confirmed/possible US attack?": said} for row in readers()["bureau"].sample[:1]]
    assert gcas.read_strikes(pd.DataFrame(rows), gazetteer=gaz, format="bureau")["belligerents"].tolist() == [""]


@pytest.mark.parametrize("said", ["", "(7) Somewhere", "exact", "25", "(x) 25 km"])
def test_an_accuracy_that_is_not_known_is_no_finer_than_any_other(gaz, said):
    reader = readers()["insecurity-insight"]
    rows = [row | {"Geo Precision": said} for row in reader.sample[:1]]
    found = gcas.read_incidents(pd.DataFrame(rows), gazetteer=gaz, format=reader)
    assert found["precision"].tolist() == ["country"]


def test_a_reader_made_by_the_how_to_alone_is_found_in_a_new_process(tmp_path):
    """The page's code is the one file of a package, its entry point the words of the page, its sample the file read."""
    page = (ROOT / "docs/how-to/readers.md").read_text(encoding="utf-8")
    code = page[: page.index("`failed_promises` puts")]
    lines = [line.strip("\n")[8:] for line in code.splitlines() if re.match(r" {4}(?:>>>|\.\.\.)", line)]
    point = re.search(r'^    raids = "(my_package\.raids:RAIDS)"$', page, re.MULTILINE)[1]
    (tmp_path / "my_package").mkdir()
    (tmp_path / "my_package/raids.py").write_text("\n".join(lines))
    about = tmp_path / "my_package-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: my-package\nVersion: 1\n")
    (about / "entry_points.txt").write_text(f"[{GROUP}]\nraids = {point}\n")
    told = """
import csv, sys, warnings, pandas as pd, geocasualty as gcas
from geocasualty.records import readers
from geocasualty.records.conformance import failed_promises
sample = pd.DataFrame(list(readers()["raids"].sample))
sample.to_csv("raids.csv", index=False)
assert failed_promises(readers()["raids"]) == []
print(gcas.read_strikes("raids.csv")[["strike_id", "reader"]].values.tolist())
"""
    paths = os.pathsep.join([str(tmp_path), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-c", told], cwd=tmp_path, env=os.environ | {"PYTHONPATH": paths}, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "[['1', 'raids/1'], ['2', 'raids/1']]"
