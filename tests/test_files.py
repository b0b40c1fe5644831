"""Atomic writes and strict reads."""

import codecs
import gzip
import os
import subprocess
import sys
import time

import pytest

from geocasualty.errors import InputError, OutputError
from geocasualty.files import STALE_S, atomic_write, read_csv_cells, read_text


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    target = tmp_path / "map.html"
    atomic_write(target, "old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"map\.html.*No space left"):
        atomic_write(target, "new")
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["map.html"]


def test_a_path_that_cannot_be_written_is_an_output_error(tmp_path):
    with pytest.raises(OutputError):
        atomic_write(tmp_path / "no" / "such" / "folder.html", "x")


def test_text_is_written_as_utf8_with_unix_line_ends(tmp_path):
    assert atomic_write(tmp_path / "a.txt", "الحويجة\n").read_bytes() == "الحويجة\n".encode()


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path):
    path = tmp_path / "bom.csv"
    path.write_bytes('\ufeffincident_id;place\nA;"Hit; Anbar"\n'.encode())
    assert read_csv_cells(path) == {"incident_id": ["A"], "place": ["Hit; Anbar"]}


def test_quoted_line_breaks_do_not_shift_rows(tmp_path):
    path = tmp_path / "quoted.csv"
    path.write_text('a,b\n"one\ntwo",2\n3,4\n')
    assert read_csv_cells(path) == {"a": ["one\ntwo", "3"], "b": ["2", "4"]}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"  \n \n", "empty"),
        (b"a,b\n1,2\n3\n", "row 2: 1 cells where the header names 2"),
        (b"a,b\n1,2,3\n", "row 1: 3 cells"),
        (b"a,a\n1,2\n", "'a'"),
        (b"a,b\n1,\x002\n", "row 1: a NUL byte"),
        (b'a,b\n1,"2\n', "row 1"),
        (
            "place,day\nHit,1\nMossoul é,2\n".encode("latin-1"),
            r"row 2, column 'place', value b'Mossoul \\xe9': 0xe9 is not UTF-8",
        ),
        (
            b"place;day\n'Hit, near \xe9t\xe9';1\n",
            r"row 1, column 'place', value b\"'Hit, near \\xe9t\\xe9'\": 0xe9 is not UTF-8 \(byte 21 of",
        ),
        (b"n\xff,b\n1,2\n", r"row 0, column number 1, value b'n\\xff': 0xff is not UTF-8"),
        (b'a,b\n"1,\xe9 x",2\n', r"row 1, column 'a', value b'1,\\xe9 x': 0xe9 is not UTF-8"),
        (b"a\n" + b"x" * 99 + b"\xe9" + b"y" * 99 + b"\n", r"value b'x{20}\\xe9y{19}': 0xe9"),
    ],
)
def test_damaged_files_name_row_column_and_value(tmp_path, content, says):
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=says):
        read_csv_cells(path)


def test_missing_files_folders_and_giants(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_text(tmp_path / "absent.csv")
    with pytest.raises(InputError, match="is a folder"):
        read_text(tmp_path)
    big = tmp_path / "big.csv"
    big.write_text("x" * 11)
    with pytest.raises(InputError, match="split the file"):
        read_text(big, max_bytes=10)


def test_a_giant_cell_is_refused(tmp_path):
    path = tmp_path / "cell.csv"
    path.write_text("a\n" + "x" * 1_000_001 + "\n")
    with pytest.raises(InputError, match="row 1"):
        read_csv_cells(path)


@pytest.mark.parametrize("content", [b"\r\x80,b\n1,2\n", b"a,b\n" + b"x" * 2_000_000 + b"\xff\n", b"a\r\xff\n"])
def test_bytes_that_are_no_text_are_an_input_error_whatever_stands_before_them(tmp_path, content):
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match="is not UTF-8"):
        read_csv_cells(path)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("ending", [".csv", ".csv.gz"])
def test_utf16_with_its_mark_is_read(tmp_path, encoding, ending):
    """As Excel saves "Unicode text": tabs, and a mark of the order of bytes."""
    rows = "".join(f"{n}\tالحويجة 😀\r\n" for n in range(5000))
    data = ("\ufeffid\tplace\r\n" + rows).encode(encoding)
    path = tmp_path / f"unicode{ending}"
    path.write_bytes(gzip.compress(data) if ending.endswith(".gz") else data)
    cells = read_csv_cells(path)
    assert list(cells) == ["id", "place"]
    assert cells["id"] == [str(n) for n in range(5000)]
    assert set(cells["place"]) == {"الحويجة 😀"}
    assert read_text(path).startswith("id\tplace\r\n0\tالحويجة 😀")
    path = tmp_path / "cut.csv"
    path.write_bytes(data[:-1])
    for read in (read_text, read_csv_cells):
        with pytest.raises(InputError, match=r"begins as UTF-16 and is none .* save it as UTF-8"):
            read(path)


def test_a_text_in_another_encoding_is_said_by_line_and_byte(tmp_path):
    path = tmp_path / "names.txt"
    path.write_bytes(b"Hit\n" + "الحويجة\n".encode("cp1256"))
    with pytest.raises(
        InputError, match=r"names\.txt: line 2: 0xc7 is not UTF-8 \(byte 4 of the file\); save it as UTF-8"
    ):
        read_text(path)
    path.write_bytes(codecs.BOM_UTF8 + b"Hit\nab\xe9")
    with pytest.raises(InputError, match=r"line 2: 0xe9 is not UTF-8 \(byte 9 of the file\)"):
        read_text(path)
    path.write_bytes("Hit\n".encode("utf-32"))
    with pytest.raises(InputError, match="is not UTF-8"):
        read_text(path)


def test_who_may_read_a_file_stays_as_it_was(tmp_path):
    path = tmp_path / "a.csv"
    for mode in (0o600, 0o640, 0o644):
        path.write_text("old")
        path.chmod(mode)
        atomic_write(path, "new")
        assert path.read_text() == "new"
        assert path.stat().st_mode & 0o777 == mode


def test_a_link_is_followed(tmp_path):
    path, link = tmp_path / "a.csv", tmp_path / "link.csv"
    path.write_text("old")
    link.symlink_to(path)
    atomic_write(link, "new")
    assert link.is_symlink()
    assert path.read_text() == "new"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.csv", "link.csv"]


KILLED = """
import os, signal, sys
from geocasualty.files import atomic_path
with atomic_path(sys.argv[1]) as temporary:
    temporary.write_text("part")
    print("writing", flush=True)
    if sys.argv[2] == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    sys.stdin.read()
"""


def hidden(folder):
    return sorted(path for path in folder.iterdir() if path.name.startswith("."))


def aged(path, seconds):
    then = time.time() - seconds
    os.utime(path, (then, then))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no locks on folders there")
def test_what_a_killed_run_left_is_swept_and_nothing_else_is(tmp_path):
    target = tmp_path / "a.html"
    write = [sys.executable, "-c", KILLED, str(target)]
    subprocess.run([*write, "die"], check=False)
    (left,) = hidden(tmp_path)
    atomic_write(target, "new")
    assert hidden(tmp_path) == [left]  # young: its owner may be about to lock it
    with subprocess.Popen([*write, "wait"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        assert running.stdout.readline() == b"writing\n"
        (other,) = set(hidden(tmp_path)) - {left}
        (tmp_path / ".a.html.mine").mkdir()
        (tmp_path / ".b.html.geocasualty-x").mkdir()
        (tmp_path / ".a.html.geocasualty-file").write_text("x")
        (tmp_path / ".a.html.geocasualty-link").symlink_to(tmp_path.parent)
        kept = set(hidden(tmp_path)) - {left}
        for path in hidden(tmp_path):
            if not path.is_symlink():
                aged(path, STALE_S + 60)
        atomic_write(target, "newer")
        assert set(hidden(tmp_path)) == kept
        running.communicate(b"")
    assert other not in hidden(tmp_path)
    assert target.read_text() == "part"
    aged(left.with_name(".b.html.geocasualty-x"), STALE_S - 60)
    atomic_write(tmp_path / "b.html", "b")
    assert left.with_name(".b.html.geocasualty-x").exists()
    aged(left.with_name(".b.html.geocasualty-x"), STALE_S + 60)
    atomic_write(tmp_path / "b.html", "b")
    assert not left.with_name(".b.html.geocasualty-x").exists()


def test_an_hour_is_old():
    assert STALE_S == 3_600
