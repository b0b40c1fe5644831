"""OCHA's Iraq and OpenSyria's Syria: every area is found by each of its names, in its right parent."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import fiona
import pytest

import geocasualty as gcas
from geocasualty.gazetteer import Gazetteer
from geocasualty.gazetteer.building import build_gazetteer

pytestmark = pytest.mark.real_data

KINDS = {1: "governorate", 2: "district", 3: "subdistrict"}


class Area(NamedTuple):
    country: str
    level: int
    code: str
    names: tuple[str, str]
    admin1: tuple[str, str]
    admin2: tuple[str, str]


def cod_files(folder: Path) -> list[Path]:
    return [folder / f"irq_admbnda_adm{level}_cso_20190603.geojson" for level in KINDS]


def iraq(folder: Path) -> list[Area]:
    found = []
    for level, path in enumerate(cod_files(folder), start=1):
        with fiona.open(path) as layer:
            for feature in layer:
                row = feature.properties
                parents = [
                    (row.get(f"ADM{above}_PCODE", ""), row.get(f"ADM{above}_EN", "")) if above < level else ("", "")
                    for above in (1, 2)
                ]
                names = (row[f"ADM{level}_EN"], row[f"ADM{level}_AR"])
                found.append(Area("IQ", level, row[f"ADM{level}_PCODE"], names, *parents))
    return found


def syria(folder: Path) -> list[Area]:
    read = {level: json.loads((folder / f"opensyria_{KINDS[level]}s.json").read_text("utf-8")) for level in (2, 3)}
    districts = {entry["id"]: entry for entry in read[2]}
    found = []
    for level, entries in read.items():
        for entry in entries:
            governorate = ("", entry["governorateId"].removeprefix("sy-").replace("-", " "))
            above = districts[entry["districtId"]] if level == 3 else None
            district = (above["externalIds"]["ochaPcode"], above["name"]["en"]) if above else ("", "")
            names = (entry["name"]["en"], entry["name"]["ar"])
            found.append(Area("SY", level, entry["externalIds"]["ochaPcode"], names, governorate, district))
    return found


@pytest.fixture(scope="module")
def built(real_data, tmp_path_factory) -> Gazetteer:
    out = tmp_path_factory.mktemp("built") / "iraq-syria.gpkg"
    opensyria = [real_data / "opensyria_districts.json", real_data / "opensyria_subdistricts.json"]
    return gcas.load_gazetteer(build_gazetteer(out, cod=cod_files(real_data), opensyria=opensyria).path)


def test_every_area_is_found_by_english_name_arabic_name_and_p_code_in_its_right_parent(built, real_data):
    by_code = {name: key for key, name, _ in built._tables.names if name.startswith(("IQG", "SY"))}
    counted: Counter[tuple[str, str]] = Counter()
    for area in [*iraq(real_data), *syria(real_data)]:
        place = built.place(by_code[area.code])
        kind = KINDS[area.level]
        assert place.kind == kind, area
        if area.level > 1:
            stated = by_code.get(area.admin1[0])
            named = built.resolve(area.admin1[1], country=area.country, kinds=["governorate"]).best.place.place_id
            assert place.admin1 == (stated or named) == named, area
        if area.level > 2:
            assert place.admin2 == by_code[area.admin2[0]], area
        for text in (*area.names, area.code):
            found = built.resolve(
                text,
                country=area.country,
                governorate=area.admin1[1] or None,
                district=area.admin2[1] or None,
                kinds=[kind],
            )
            assert found.best is not None, (area, text, found)
            assert found.best.place.place_id == place.place_id, (area, text, found)
            counted[area.country, kind] += 1
    assert counted == {
        ("IQ", "governorate"): 3 * 18,
        ("IQ", "district"): 3 * 101,
        ("IQ", "subdistrict"): 3 * 294,
        ("SY", "district"): 3 * 62,
        ("SY", "subdistrict"): 3 * 272,
    }


def test_p_codes_need_no_hint(built, real_data):
    for area in [*iraq(real_data), *syria(real_data)]:
        assert built.resolve(area.code).status == "resolved", area


def test_outlines_are_those_of_the_user(built):
    governorates = built.governorates.set_index("place_id")
    ours = governorates[governorates.index.str.startswith("ne:IQ-") & (governorates.index != "ne:IQ-HA")]
    assert len(ours) == 18
    assert set(ours["note"]) == {"OCHA COD-AB, irq_admbnda_adm1_cso_20190603.geojson"}
    assert not ours["approximate"].any()


def test_a_point_knows_its_areas_and_a_town_its_sub_district(built):
    found = built.containing(43.77, 35.33)
    assert list(found) == ["country", "governorate", "district", "subdistrict"]
    town = built.place("gn:390188")
    assert (town.admin1, town.admin2, town.admin3) == tuple(
        found[kind].place_id for kind in ("governorate", "district", "subdistrict")
    )
    settled = [place for place in built._tables.places.values() if place.kind in ("city", "town", "village")]
    iraqi = [place for place in settled if place.country == "IQ"]
    assert sum(bool(place.admin3) for place in iraqi) > 0.85 * len(iraqi)
