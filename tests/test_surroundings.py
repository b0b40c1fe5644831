"""Whatever stands around a command, its answers are the same, byte for byte, or one line says why there are none."""

import json
import multiprocessing
import os
import resource
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest

import geocasualty as gcas
from tests.cli.running import COMMAND, INCIDENTS, LIMITS, STRIKES, complaints, environment

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="signals and forks are those of POSIX")

BOTH = [str(INCIDENTS), str(STRIKES)]
WRITING = [
    ["screen", *BOTH, *LIMITS, "-o", "screen.csv"],
    ["screen", *BOTH, *LIMITS, "-o", "screen.gpkg"],
    ["report", *BOTH, *LIMITS, "-o", "report.html"],
    ["map", "province", *BOTH, "-o", "map.html"],
    ["export", BOTH[0], "-o", "records.kml"],
    ["gazetteer", "build", "--csv", "places.csv", "--no-bundled", "-o", "gazetteer.gpkg"],
]
PLACES = "name,kind,country,lat,lon\nSomewhere,town,IQ,35,43\n"


def test_ctrl_c_while_a_command_works_or_writes_says_a_line_and_leaves_the_old_file_or_the_new(tmp_path):
    (tmp_path / "places.csv").write_text(PLACES)
    done = subprocess.run(
        [sys.executable, "-m", "tests.interrupting", "2", str(tmp_path)],
        input=json.dumps(WRITING), env=environment(), capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    ends = [json.loads(line) for line in done.stdout.splitlines()]
    assert {name for name, *_ in ends} == {words[-1] for words in WRITING}
    for name, since, status, said, state, beside in ends:
        assert (status, said, beside) == (130, "interrupted\n", []), (name, since)
        assert state == ("before" if since <= 0 else "whole"), (name, since)


LOADING = """
import os, signal, sys
import geocasualty.__main__ as program
wanted = sys.argv.pop(1)
def strike(event, about):
    if event == "import" and about[0] == wanted:
        os.kill(os.getpid(), signal.SIGINT)
signal.signal(signal.SIGINT, signal.default_int_handler)  # it is ignored where tests run in the background
sys.addaudithook(strike)
program.main()
"""


@pytest.mark.parametrize(
    "module", ["geocasualty.cli", "typer", "numpy._core.multiarray", "geocasualty.matching._trees"]
)
def test_ctrl_c_while_a_command_is_loaded_says_a_line(tmp_path, module):
    command = [sys.executable, "-c", LOADING, module, "screen", *BOTH, *LIMITS, "-o", "out.csv"]
    done = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, complaints(done.stderr)) == (130, "", "interrupted\n")
    assert list(tmp_path.iterdir()) == []


DEAF = """
import os, signal, sys, time
import geocasualty.__main__ as program
class Deaf:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
def command():
    Deaf()
    time.sleep(60)
    print("not interrupted")
sys.modules["geocasualty.cli"] = type(sys)("geocasualty.cli")
sys.modules["geocasualty.cli"].main = command
signal.signal(signal.SIGINT, signal.default_int_handler)
program.main()
"""


def test_ctrl_c_where_python_can_raise_nothing_is_not_lost():
    done = subprocess.run(
        [sys.executable, "-c", DEAF], env=environment(), capture_output=True, text=True, check=False, timeout=30
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")


def together(*commands, cwd, **more):
    """What commands print that run at the same time; none fails."""
    running = [
        subprocess.Popen(command, cwd=cwd, env=environment(**more), stdout=-1, stderr=-1, text=True)
        for command in commands
    ]
    ends = [(*each.communicate(timeout=120), each.returncode) for each in running]
    assert [(status, complaints(said)) for _, said, status in ends] == [(0, "")] * len(ends)
    return [printed for printed, *_ in ends]


def test_two_processes_that_write_one_file_leave_it_whole(tmp_path):
    screen = [*COMMAND, "screen", *BOTH, *LIMITS, "-o"]
    together([*screen, "a.csv"], [*screen, "a.csv"], [*screen, "b.csv"], cwd=tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"a.csv", "b.csv"}
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


SORTED = """
import warnings
warnings.simplefilter("ignore")  # which of them finds the damage, and says so, depends on who comes first
from geocasualty.matching import _grid
import numpy as np
print(_grid.order_by(np.array([3, 1, 2]), np.arange(3)).tolist(), len(_grid.order_by.stats.cache_hits))
"""


def test_two_processes_that_fill_and_mend_one_cache_of_compiled_code_answer_alike(tmp_path):
    one = [sys.executable, "-c", SORTED]
    answers = {"NUMBA_CACHE_DIR": str(tmp_path)}
    for ending in ("", "nbi", "nbc"):
        for path in tmp_path.rglob(f"*order_by*.{ending}"):
            path.write_bytes(path.read_bytes()[:-1])
        assert {said[:9] for said in together(one, one, cwd=tmp_path, **answers)} == {"[1, 2, 0]"}
        assert together(one, cwd=tmp_path, **answers) == ["[1, 2, 0] 1\n"]


TEXTS = ["Hawija", "5 km north of Mosul", "Raqqa, Syria", "between Hit and Ramadi", "الحويجة"]


def answers(gaz):
    """What is resolved, matched and drawn, as text."""
    incidents, strikes = (gcas.load_casebook(gaz).incidents, gcas.load_casebook(gaz).strikes)
    pairs = gcas.match(incidents, strikes, within_km=30, within_days=400)
    town = gcas.town_map("Hawijah", incidents, strikes, gazetteer=gaz, within_km=10, within_days=0)
    names = gaz.resolve_many(pd.Series(TEXTS))
    return pairs.to_csv() + names.to_csv() + town.get_root().render()


def test_ten_threads_at_once_answer_as_one_does(gaz):
    alone = answers(gaz)
    fresh = gcas.load_gazetteer()  # whose memories are empty
    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(lambda _: answers(fresh), range(10))) == {alone}


def test_a_fork_answers_as_its_parent_does(gaz):
    alone = answers(gaz)  # numba, GEOS and PROJ have run by now
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map_async(_in_fork, range(2)).get(timeout=120) == [alone] * 2


def _in_fork(_):
    return answers(gcas.load_gazetteer())


ZONES = ["UTC", "America/St_Johns", "Pacific/Kiritimati", ":/no/such", "XYZ99:99", ""]
WRITTEN = ("csv", "geojson", "gpkg", "kml", "fgb", "parquet", "xlsx")


@pytest.fixture
def moved(monkeypatch):
    """Moves the clock of this process into a zone."""

    def move(zone):
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield move
    monkeypatch.undo()
    time.tzset()


def test_the_zone_of_the_machine_changes_no_byte_not_even_between_reading_and_writing(tmp_path, moved, gaz):
    told = {}
    for number, zone in enumerate(ZONES):
        moved(ZONES[number - 1])
        read = gcas.read_strikes(STRIKES, gazetteer=gaz, format=None)
        moved(zone)
        screened = gcas.screen(gcas.load_casebook(gaz).incidents, read, within_km=10, within_days=0)
        held = [screened.to_csv().encode(), gcas.check("Hawijah", "2015-06-03", read, within_km=10, within_days=0)]
        for ending in WRITTEN:
            gcas.write_records(read, tmp_path / f"a.{ending}")
            held.append((tmp_path / f"a.{ending}").read_bytes())
        told[zone] = [*held[:1], str(held[1]), *held[2:]]
    for zone in ZONES:
        assert told[zone] == told["UTC"], zone


@pytest.mark.parametrize("home", [{}, {"HOME": "/proc/none"}])
def test_without_a_home_or_a_disk_that_can_be_written_answers_are_the_same(home):
    env = {name: value for name, value in environment().items() if name not in ("HOME", "XDG_CACHE_HOME")}
    commands = ([*COMMAND, "screen", *BOTH, *LIMITS, "--json"], [sys.executable, "-c", SORTED])
    for command in commands[: 1 + bool(home)]:
        usual = subprocess.run(command, env=environment(), capture_output=True, check=True)
        poor = subprocess.run(
            command, env=env | home, capture_output=True, check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)),
        )  # fmt: skip
        assert (poor.returncode, complaints(poor.stderr.decode())) == (0, "")
        assert poor.stdout[:9] == usual.stdout[:9]
        assert poor.stdout == usual.stdout or command == commands[1]  # which says whether code was kept


@pytest.mark.parametrize("room", [100, 5_000, 60_000, 100_000])
def test_a_disk_that_fills_while_a_gazetteer_is_built_is_no_fault_of_the_program(tmp_path, room):
    (tmp_path / "places.csv").write_text(PLACES)
    words = WRITING[-1]
    (tmp_path / words[-1]).write_text("before")
    done = subprocess.run(
        [*COMMAND, *words], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("error: cannot write 'gazetteer.gpkg'")
    assert done.stderr.count("\n") == 1
    assert {path.name for path in tmp_path.iterdir()} == {"places.csv", words[-1]}
    assert (tmp_path / words[-1]).read_text() == "before"
