"""Downloads against a server on loopback that behaves as badly as the network does."""

from __future__ import annotations

import gzip
import http.server
import io
import random
import shutil
import ssl
import subprocess
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import geocasualty as gcas
from geocasualty.cli import main
from geocasualty.errors import InputError
from geocasualty.gazetteer.building import _fetch
from geocasualty.gazetteer.building._fetch import ALTERNATE_NAMES, cache_folder, fetch_geonames
from tests.gazetteer.sources import geonames_row

Answer = Callable[[http.server.BaseHTTPRequestHandler, bytes], None]


def archive(member: str, text: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as made:
        made.writestr(member, text)
    return buffer.getvalue()


FILES = {
    "IQ.zip": archive(
        "IQ.txt", "".join(f"{geonames_row(50_000_000 + n, f'Tall {n}', 43.5, 35.4)}\n" for n in range(900))
    ),
    "SY.zip": archive("SY.txt", f"{geonames_row(60_000_000, 'Tall Sukkar', 38.5, 35.4, country='SY')}\n"),
    ALTERNATE_NAMES: archive("alternateNamesV2.txt", "1\t60000000\tar\tتل سكر\t\t\t\t\t\t\n"),
}  # fmt: skip


def send(handler, status: int, body: bytes, length: int | None = None, **headers: str) -> None:
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(body) if length is None else length))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)
    handler.wfile.flush()
    handler.close_connection = True


def whole(handler, data: bytes) -> None:
    """As a good server: ranges, with a validator."""
    start = int((handler.headers.get("Range") or "bytes=0-").removeprefix("bytes=").split("-")[0])
    if start and handler.headers.get("If-Range") == '"v1"':
        span = f"bytes {start}-{len(data) - 1}/{len(data)}"
        send(handler, 206, data[start:], ETag='"v1"', Content_Range=span)
    else:
        send(handler, 200, data, ETag='"v1"')


def dropped_at(share: float) -> Answer:
    def answer(handler, data: bytes) -> None:
        start = int((handler.headers.get("Range") or "bytes=0-").removeprefix("bytes=").split("-")[0])
        rest = data[start:]
        cut = rest[: max(1, int(len(rest) * share))]
        if start:
            span = f"bytes {start}-{len(data) - 1}/{len(data)}"
            send(handler, 206, cut, length=len(rest), ETag='"v1"', Content_Range=span)
        else:
            send(handler, 200, cut, length=len(data), ETag='"v1"')

    return answer


def status(code: int) -> Answer:
    return lambda handler, data: send(handler, code, b"no")


def rubbish(handler, data: bytes) -> None:
    send(handler, 200, random.Random(1).randbytes(5000), ETag='"v1"')


def no_http(handler, data: bytes) -> None:
    handler.wfile.write(b"\x00\xff garbage\r\n\r\n")
    handler.close_connection = True


def hang_up(handler, data: bytes) -> None:
    handler.close_connection = True


def ignores_range(handler, data: bytes) -> None:
    send(handler, 200, data, ETag='"v2"')


def wrong_part(handler, data: bytes) -> None:
    send(handler, 206, data[10:], ETag='"v1"', Content_Range=f"bytes 10-{len(data) - 1}/{len(data)}")


def length_too_short(handler, data: bytes) -> None:
    send(handler, 200, data, length=len(data) // 2, ETag='"v1"')


class Server:
    """Answers each request with the next of ``script``, then as a good server."""

    def __init__(self) -> None:
        self.script: list[Answer] = []
        self.asked: list[tuple[str, str | None]] = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = self.path.rsplit("/", 1)[-1]
                outer.asked.append((name, self.headers.get("Range")))
                if name not in FILES:
                    send(self, 404, b"no such file")
                    return
                answer = outer.script.pop(0) if outer.script else whole
                answer(self, FILES[name])

            def log_message(self, *_) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/export/dump"


@pytest.fixture
def server(monkeypatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    made = Server()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


def fetch(server: Server, cache: Path, **other):
    waits: list[float] = []
    found = fetch_geonames(
        ["IQ"], base_url=server.url, cache=cache, with_alternate_names=False, sleep=waits.append, **other
    )
    assert (cache / "IQ.zip").read_bytes() == FILES["IQ.zip"]
    assert [path.name for path in cache.iterdir()] == ["IQ.zip"]
    return found, waits


def test_a_good_server_is_asked_once_and_then_the_cache(server, tmp_path):
    found, waits = fetch(server, tmp_path)
    assert (found.geonames, found.cached, waits) == ([tmp_path / "IQ.zip"], [], [])
    found, _ = fetch(server, tmp_path)
    assert found.cached == ["IQ.zip"]
    assert server.asked == [("IQ.zip", None)]
    fetch(server, tmp_path, refresh=True)
    assert len(server.asked) == 2


def test_dropped_connections_are_resumed(server, tmp_path):
    server.script = [dropped_at(0.3), dropped_at(0.5), hang_up]
    _, waits = fetch(server, tmp_path)
    ranges = [span for _, span in server.asked]
    size = len(FILES["IQ.zip"])
    first = int(size * 0.3)
    second = first + int((size - first) * 0.5)
    assert ranges == [None, f"bytes={first}-", f"bytes={second}-", f"bytes={second}-"]
    assert waits == [1.0, 1.0, 2.0]


@pytest.mark.parametrize(
    "script",
    [
        [rubbish],
        [no_http, hang_up],
        [status(500), status(503), status(429)],
        [dropped_at(0.5), ignores_range],
        [dropped_at(0.5), wrong_part],
        [dropped_at(0.5), status(416)],
        [length_too_short],
        [dropped_at(0.5), rubbish],
    ],
    ids=["rubbish", "no-http", "5xx", "ignores-range", "wrong-part", "416", "too-short", "part-then-rubbish"],
)
def test_what_may_pass_is_tried_again(server, tmp_path, script):
    server.script = list(script)
    fetch(server, tmp_path)


def test_what_is_not_there_is_not_asked_again(server, tmp_path):
    with pytest.raises(InputError, match=r"AQ.zip: the server answers 404 .*check the country code"):
        fetch_geonames(["AQ"], base_url=server.url, cache=tmp_path, sleep=lambda _: None)
    assert len(server.asked) == 1


@pytest.mark.parametrize("answer", [status(500), rubbish, hang_up, dropped_at(0.0)])
def test_a_server_that_never_recovers_is_given_up(server, tmp_path, answer):
    server.script = [answer] * 200
    with pytest.raises(InputError, match=r"after \d+ attempts. Without a network: get IQ.zip, alternateNamesV2.zip"):
        fetch_geonames(["IQ"], base_url=server.url, cache=tmp_path, sleep=lambda _: None)
    assert len(server.asked) <= _fetch.MOST_ATTEMPTS
    assert not (tmp_path / "IQ.zip").exists()


def test_a_download_without_end_is_cut(server, tmp_path, monkeypatch):
    monkeypatch.setattr(_fetch, "MAX_BYTES", 1000)
    with pytest.raises(InputError, match=r"the server announces .* at most 1,000 are taken"):
        fetch_geonames(["IQ"], base_url=server.url, cache=tmp_path, sleep=lambda _: None)


def test_nobody_listens(server, tmp_path):
    server.server.server_close()
    with pytest.raises(InputError, match=r"cannot be reached .*Without a network: get IQ.zip, SY.zip") as caught:
        fetch_geonames(["IQ", "SY"], base_url=server.url, cache=tmp_path, sleep=lambda _: None)
    assert "geocasualty gazetteer build --geonames IQ.zip --geonames SY.zip --alternate-names" in str(caught.value)


def test_a_damaged_file_in_the_cache_is_fetched_anew(server, tmp_path):
    (tmp_path / "IQ.zip").write_bytes(FILES["IQ.zip"][:500])
    fetch(server, tmp_path)


def test_a_part_of_unknown_version_is_not_continued(server, tmp_path):
    (tmp_path / "IQ.zip.part").write_bytes(b"something else")
    fetch(server, tmp_path)
    assert server.asked == [("IQ.zip", None)]


def left(folder: Path) -> set[str]:
    """What a download left that is neither whole nor the part to go on from."""
    return {path.name for path in folder.iterdir()} - {"IQ.zip.part", "IQ.zip.part.json"}


def sent_to(place: str) -> Answer:
    return lambda handler, data: send(handler, 302, b"", Location=place)


def gzipped(handler, data: bytes) -> None:
    send(handler, 200, gzip.compress(bytes(5_000_000)), ETag='"v1"', Content_Encoding="gzip")


def bomb(handler, data: bytes) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("IQ.txt", bytes(50_000_000))
    send(handler, 200, buffer.getvalue(), ETag='"v1"')


@pytest.mark.parametrize("answer", [gzipped, bomb], ids=lambda answer: answer.__name__)
def test_what_unpacks_to_much_is_never_kept(server, tmp_path, answer):
    server.script = [answer] * 100
    with pytest.raises(InputError, match=r"^[^\n]*not a whole zip archive[^\n]*$"):
        fetch_geonames(["IQ"], base_url=server.url, cache=tmp_path, with_alternate_names=False, sleep=lambda _: None)
    assert left(tmp_path) == set()
    assert not (tmp_path / "IQ.zip.part").exists()


@pytest.mark.parametrize("place", ["file:///etc/passwd", "ftp://127.0.0.1/IQ.zip", "//\x01"])
def test_a_server_sends_on_to_the_web_alone(server, tmp_path, place):
    server.script = [sent_to(place)] * 100
    with pytest.raises(InputError, match=r"^[^\n]*$"):
        fetch_geonames(["IQ"], base_url=server.url, cache=tmp_path, with_alternate_names=False, sleep=lambda _: None)
    assert left(tmp_path) == set()


def test_a_server_may_send_on_to_another_address(server, tmp_path):
    server.script = [sent_to(f"{server.url}/SY.zip")]
    got = fetch_geonames(["SY"], base_url=server.url, cache=tmp_path, with_alternate_names=False)
    assert got.geonames[0].read_bytes() == FILES["SY.zip"]


def test_a_server_that_drips_is_given_up(server, tmp_path, monkeypatch):
    finished = threading.Event()

    def drips(handler, data: bytes) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        for number in range(len(data)):
            if finished.wait(0.01):
                return
            try:
                handler.wfile.write(data[number : number + 1])
            except OSError:
                return

    assert (_fetch.PATIENCE_S, _fetch.LEAST_BYTES) == (60, 60_000)
    monkeypatch.setattr(_fetch, "PATIENCE_S", 0.1)
    server.script = [drips]
    with pytest.raises(InputError, match=r"^[^\n]*sends less than 60,000 bytes in 0\.1 s[^\n]*$"):
        fetch_geonames(["IQ"], base_url=server.url, cache=tmp_path, with_alternate_names=False, sleep=lambda _: None)
    finished.set()
    assert len(server.asked) == 1
    assert left(tmp_path) == set()


@pytest.fixture
def encrypted(server, tmp_path_factory):
    """The same server behind a certificate of its own."""
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    program = shutil.which("openssl") or pytest.skip("no openssl")
    subprocess.run(
        [program, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.server.socket = context.wrap_socket(server.server.socket, server_side=True)
    server.plain, server.url = server.url, server.url.replace("http:", "https:")
    server.certificate = certificate
    return server


def test_a_certificate_that_nobody_signed_is_refused_at_once(encrypted, tmp_path):
    with pytest.raises(InputError, match=r"^[^\n]*certificate of the server is not trusted \(self[^\n]*$"):
        fetch_geonames(["IQ"], base_url=encrypted.url, cache=tmp_path, sleep=pytest.fail)
    assert encrypted.asked == []
    assert left(tmp_path) == set()


def test_an_encrypted_address_is_not_left_for_an_open_one(encrypted, tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(encrypted.certificate))
    got = fetch_geonames(["SY"], base_url=encrypted.url, cache=tmp_path, with_alternate_names=False)
    assert got.geonames[0].read_bytes() == FILES["SY.zip"]
    encrypted.script = [sent_to(f"{encrypted.plain}/IQ.zip")]
    with pytest.raises(InputError, match=r"^[^\n]*sends on to 'http:[^\n]*not followed"):
        fetch_geonames(["IQ"], base_url=encrypted.url, cache=tmp_path, with_alternate_names=False, sleep=pytest.fail)
    assert left(tmp_path) == {"SY.zip"}


@pytest.mark.parametrize("code", ["Congo", "../x", "", "I"])
def test_codes_are_codes(tmp_path, code):
    with pytest.raises(InputError, match="not a country"):
        fetch_geonames([code], cache=tmp_path)


def test_other_schemes_are_refused(tmp_path):
    with pytest.raises(InputError, match="only http and https"):
        fetch_geonames(["IQ"], base_url=f"file://{tmp_path}/", cache=tmp_path)


def test_the_cache_is_the_user_s(monkeypatch, tmp_path):
    monkeypatch.setattr(_fetch.sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "geocasualty"


def test_one_command_from_nothing_to_a_gazetteer(server, tmp_path, capsys):
    out = tmp_path / "out.gpkg"
    words = ["gazetteer", "fetch", "iq", "SY", "--base-url", server.url, "--cache-dir", str(tmp_path / "cache")]
    for _ in range(2):
        with pytest.raises(SystemExit) as stopped:
            main([*words, "-o", str(out)])
        assert stopped.value.code == 0
    assert "from the cache: IQ.zip, SY.zip, alternateNamesV2.zip" in capsys.readouterr().out
    place = gcas.load_gazetteer(out).resolve("تل سكر").best.place
    assert (place.place_id, place.admin1) == ("gn:60000000", "ne:SY-RA")
