"""Other people's files become one gazetteer: what is read, joined, kept apart and said."""

from __future__ import annotations

import json
import os
import sqlite3

import fiona
import openpyxl
import pyarrow as pa
import pytest
import shapely
from pyarrow import parquet

import geocasualty as gcas
from geocasualty.errors import InputError
from geocasualty.gazetteer.building import build_gazetteer
from tests.gazetteer.sources import cod, geojson, geonames_row, geonames_zip, report, square, write_zip

HAWIJAH = (43.77242, 35.32579)


def test_a_geonames_dump_joins_the_bundled_place_and_brings_new_ones(tmp_path):
    dump = geonames_zip(
        tmp_path,
        [
            geonames_row(
                390188, "Al Ḩawījah", *HAWIJAH, asciiname="Al Hawijah", aliases="الحويجة,Al Huwayja,bghdd,BGW"
            ),
            geonames_row(50_000_001, "Tall Zabarjad", 43.5, 35.4, aliases="تل زبرجد", population=7000),
            geonames_row(50_000_002, "Wadi", 43.6, 35.4, **{"class": "H", "code": "WAD"}),
            geonames_row(50_000_003, "Kharba", 43.6, 35.5, code="PPLQ"),
        ],
    )
    built = build_gazetteer(tmp_path / "out.gpkg", geonames=[dump])
    gaz = gcas.load_gazetteer(built.path)
    assert gaz.place("gn:390188").name == "Hawijah"
    assert "Al Huwayja" in gaz.names("gn:390188")
    new = gaz.resolve("Tal Zabarjad", governorate="Kirkuk").best.place
    assert (new.place_id, new.kind, new.admin1, new.names["ar"]) == ("gn:50000001", "town", "ne:IQ-KI", "تل زبرجد")
    assert gaz.resolve("تل زبرجد").best.place == new
    rows = report(built.path)
    assert {(row["action"], row["value"]) for row in rows if row["action"] == "dropped-name"} == {
        ("dropped-name", "bghdd"),
        ("dropped-name", "BGW"),
    }
    assert {row["value"]: row["row"] for row in rows if row["action"] == "skipped"} == {
        "H.WAD": "1 rows",
        "P.PPLQ": "1 rows",
    }
    assert [row["place_id"] for row in rows if row["action"] == "merged"] == ["gn:390188"]


def test_areas_of_a_dump_are_known_before_what_lies_in_them(tmp_path):
    dump = geonames_zip(
        tmp_path,
        [
            geonames_row(50_000_001, "Tall Zabarjad", 43.5, 35.4, admin1="13", admin2="50000003"),
            geonames_row(50_000_002, "Muḩāfaz̧at Kirkūk", 44, 35.5, **{"class": "A", "code": "ADM1"}, admin1="13",
                         asciiname="Kirkuk"),
            geonames_row(50_000_003, "Qaḑā’ Mithal", 43.6, 35.4, **{"class": "A", "code": "ADM2"}, admin1="13",
                         admin2="50000003", asciiname="Mithal District", aliases="قضاء مثال"),
        ],
    )  # fmt: skip
    gaz = gcas.load_gazetteer(build_gazetteer(tmp_path / "out.gpkg", geonames=[dump]).path)
    assert gaz.resolve("Mithal", kinds=["district"]).best.place.place_id == "gn:50000003"
    assert gaz.resolve("مثال", kinds=["district"]).best.place.place_id == "gn:50000003"
    assert {"Qaḑā’ Mithal", "Mithal"} < set(gaz.names("gn:50000003"))
    place = gaz.place("gn:50000001")
    assert (place.admin1, place.admin2) == ("ne:IQ-KI", "gn:50000003")
    assert gaz.place("gn:50000003").admin1 == "ne:IQ-KI"


def test_alternate_names_bring_languages_and_leave_codes_out(tmp_path):
    dump = geonames_zip(tmp_path, [geonames_row(50_000_001, "Tall Zabarjad", 43.5, 35.4)])
    names = "\n".join(
        "\t".join(["1", geonameid, language, name, "", "", "", "", "", ""])
        for geonameid, language, name in (
            ("50000001", "ku", "گردی زەبەرجەد"),
            ("50000001", "ar", "تل زبرجد"),
            ("50000001", "link", "https://example.org"),
            ("99", "ar", "بغداد"),
        )
    )
    alternate = write_zip(tmp_path / "alternateNamesV2.zip", "alternateNamesV2.txt", names)
    built = build_gazetteer(tmp_path / "out.gpkg", geonames=[dump], alternate_names=alternate)
    gaz = gcas.load_gazetteer(built.path)
    given = {name: language for key, name, language in gaz._tables.names if key == "gn:50000001"}
    assert given == {"Tall Zabarjad": "", "گردی زەبەرجەد": "ckb", "تل زبرجد": "ar"}
    assert [row["value"] for row in report(built.path) if row["action"] == "skipped"] == ["link"]


def test_cod_outlines_replace_ours_and_give_parents(tmp_path):
    built = build_gazetteer(tmp_path / "out.gpkg", cod=cod(tmp_path))
    gaz = gcas.load_gazetteer(built.path)
    governorate = gaz.resolve("IQG13").best.place
    assert governorate.place_id == "ne:IQ-KI"
    assert governorate.source == "Natural Earth 10m admin-1; OCHA COD-AB"
    assert gaz._tables.areas["ne:IQ-KI"][1:] == (False, "OCHA COD-AB, adm1.geojson")
    assert gaz.area("ne:IQ-KI").bounds == pytest.approx((43.4, 34.7, 44.8, 36.1))
    north = gaz.resolve("Zebbar", kinds=["subdistrict"]).best.place
    district = gaz.resolve("IQG13Q01").best.place
    assert (north.admin1, north.admin2) == ("ne:IQ-KI", district.place_id)
    assert district.place_id.startswith("gn:")
    assert "حەویجە" in gaz.names(district.place_id)
    town = gaz.place("gn:390188")
    assert (town.admin1, town.admin2, town.admin3) == ("ne:IQ-KI", district.place_id, "cod:IQG13Q01N02")
    assert [each.place_id for each in gaz.containing(43.8, 35.45).values()] == [
        "iso:IQ", "ne:IQ-KI", district.place_id, north.place_id,
    ]  # fmt: skip


def test_only_the_third_level_still_finds_its_governorate_by_name(tmp_path):
    adm3 = cod(tmp_path)[0]
    gaz = gcas.load_gazetteer(build_gazetteer(tmp_path / "out.gpkg", cod=[adm3]).path)
    assert gaz.resolve("IQG13Q01N01").best.place.admin1 == "ne:IQ-KI"


def test_opensyria_joins_by_identifier_and_by_p_code(tmp_path):
    path = tmp_path / "districts.json"
    path.write_text(
        """[{"id": "sy-aleppo-afrin", "governorateId": "sy-aleppo", "name": {"en": "Efrin Example", "ar": "عفرين"},
        "aliases": [{"value": "Efrin Exemple", "language": "fr"}], "centroid": {"latitude": 36.55, "longitude": 36.8},
        "area": {"value": 1850, "unit": "km2"}, "population": {"value": 172095},
        "externalIds": {"geonames": "174184", "ochaPcode": "SY0203"}},
        {"id": "sy-nowhere", "governorateId": "sy-aleppo", "name": {"en": "Nowhere"}, "centroid": {}}]""",
        encoding="utf-8",
    )
    built = build_gazetteer(tmp_path / "out.gpkg", opensyria=[path])
    gaz = gcas.load_gazetteer(built.path)
    assert gaz.resolve("SY0203").best.place.place_id == "gn:174184"
    assert "Efrin Exemple" in gaz.names("gn:174184")
    (rejected,) = [row for row in report(built.path) if row["action"] == "rejected"]
    assert (rejected["row"], rejected["column"], rejected["value"]) == ("2", "centroid.longitude", "None")


def test_osm_tags_in_columns_and_in_hstore(tmp_path):
    tags = '"name:ku"=>"گوندێ","name:en"=>"Gundy","alt_name"=>"Gundik;Gundek","population"=>"6,500"'
    path = geojson(
        tmp_path / "places.geojson",
        [
            ({"osm_id": "77", "name": "گوندێ", "place": "town", "other_tags": tags}, point(44.0, 35.6)),
            ({"osm_id": "78", "name": "Spring", "place": "locality", "other_tags": None}, point(44.0, 35.6)),
        ],
    )
    gaz = gcas.load_gazetteer(build_gazetteer(tmp_path / "out.gpkg", osm=[path]).path)
    place = gaz.resolve("Gundek").best.place
    assert (place.place_id, place.name, place.kind, place.country) == ("osm:node/77", "Gundy", "town", "IQ")
    assert place.licence == "ODbL 1.0"
    assert ("osm:node/77", "گوندێ", "ckb") in gaz._tables.names
    assert report(tmp_path / "out.gpkg")[0]["value"] == "locality"


def point(lon: float, lat: float) -> dict:
    return {"type": "Point", "coordinates": [lon, lat]}


def test_geoboundaries_meet_the_governorate_by_its_iso_code(tmp_path):
    properties = {"shapeName": "Tamim", "shapeISO": "IQ-KI", "shapeID": "x1", "shapeGroup": "IRQ", "shapeType": "ADM1"}
    path = geojson(tmp_path / "gb.geojson", [(properties, square(44.1, 35.4, 0.7))])
    gaz = gcas.load_gazetteer(build_gazetteer(tmp_path / "out.gpkg", geoboundaries=[path]).path)
    assert gaz.resolve("Tamim", kinds=["governorate"]).best.place.place_id == "ne:IQ-KI"


def test_a_table_of_ones_own_by_column_mapping(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(
        "town;X;Y;prov;pop\nQaryat Mithal;43,5;35.5;Kirkuk;9\nQaryat Mithal;43.5;35.5;Kirkuk;9\n;43.5;35.5;;\n",
        encoding="utf-8-sig",
    )
    columns = {"name": "town", "lon": "X", "lat": "Y", "admin1": "prov", "population": "pop"}
    built = build_gazetteer(tmp_path / "out.gpkg", csv=[path], csv_map=columns)
    place = gcas.load_gazetteer(built.path).resolve("Qaryat Mithal").best.place
    assert (place.kind, place.admin1, place.country, place.population) == ("village", "ne:IQ-KI", "IQ", 9)
    rejected = [(row["row"], row["column"], row["value"]) for row in report(built.path) if row["action"] == "rejected"]
    assert rejected == [("1", "X", "43,5"), ("3", "town", "")]


def test_one_name_is_one_place_only_where_it_is_near(tmp_path):
    dump = geonames_zip(
        tmp_path,
        [
            geonames_row(50_000_001, "Tall Zabarjad", 43.5, 35.4),
            geonames_row(50_000_002, "Tall Zabarjad", 43.56, 35.4),
            geonames_row(50_000_003, "Tall Zabarjad", 43.9, 35.4),
        ],
    )
    path = geojson(
        tmp_path / "places.geojson",
        [
            ({"osm_id": "1", "name": "Tal Zabarjad", "place": "village"}, point(43.505, 35.4)),
            ({"osm_id": "2", "name": "Tell Zabarjad", "place": "village"}, point(43.95, 35.4)),
        ],
    )
    built = build_gazetteer(tmp_path / "out.gpkg", geonames=[dump], osm=[path])
    rows = report(built.path)
    assert [(row["place_id"], row["file"]) for row in rows if row["action"] == "merged"] == [
        ("gn:50000001", "places.geojson")
    ]
    apart = {row["record_id"]: row["reason"] for row in rows if row["action"] == "kept-apart"}
    assert apart["gn:50000002"] == "the source lists both"
    assert apart["osm:node/2"].startswith("same name, but 4.5 km apart; at most 3 km")
    assert gcas.load_gazetteer(built.path).resolve("Tall Zabarjad").status == "ambiguous"


def test_every_name_keeps_who_gave_it_and_every_place_where_it_is_from(tmp_path):
    dump = geonames_zip(tmp_path, [geonames_row(50_000_001, "Tall Zabarjad", 43.5, 35.4)])
    places = geojson(
        tmp_path / "places.geojson",
        [({"osm_id": "1", "name": "Tall Zabarjad", "name:ar": "تل زبرجد", "place": "town"}, point(43.5, 35.4))],
    )
    built = build_gazetteer(tmp_path / "out.gpkg", geonames=[dump], osm=[places])
    with sqlite3.connect(built.path) as tables:
        names = tables.execute("SELECT name, source, script FROM names WHERE place_id = 'gn:50000001' ORDER BY 1")
        assert names.fetchall() == [
            ("Tall Zabarjad", "GeoNames; OpenStreetMap contributors", "Latn"),
            ("تل زبرجد", "OpenStreetMap contributors", "Arab"),
        ]
        parts = tables.execute("SELECT file, row, record_id FROM provenance WHERE place_id = 'gn:50000001'")
        assert parts.fetchall() == [("IQ.zip", 1, "gn:50000001"), ("places.geojson", 1, "osm:node/1")]
    tables.close()
    gaz = gcas.load_gazetteer(built.path)
    assert gaz.place("gn:50000001").kind == "town"
    assert gaz.attribution == (
        "Places: GeoNames and UCDP GED (CC BY 4.0), airportsdata and geocasualty; boundaries: Natural Earth; "
        "also: GeoNames (CC BY 4.0), OpenStreetMap contributors (ODbL 1.0)"
    )
    alone = build_gazetteer(tmp_path / "alone.gpkg", geonames=[dump], with_bundled=False)
    assert gcas.load_gazetteer(alone.path).attribution == "GeoNames (CC BY 4.0)"


def test_the_file_opens_as_layers_and_repeats_to_the_byte(tmp_path):
    files = cod(tmp_path)
    first = build_gazetteer(tmp_path / "one.gpkg", cod=files)
    second = build_gazetteer(tmp_path / "two.gpkg", cod=files[::-1])
    assert first.path.read_bytes() == second.path.read_bytes()
    assert first.report.read_bytes() == second.report.read_bytes()
    assert set(fiona.listlayers(first.path)) == {
        "places", "areas", "names", "provenance", "sources", "bearers", "gazetteer",
    }  # fmt: skip
    with fiona.open(first.path, layer="places") as layer:
        assert (layer.schema["geometry"], layer.crs.to_epsg(), len(layer)) == ("Point", 4326, first.n_places)
    with fiona.open(first.path, layer="areas") as layer:
        assert (layer.schema["geometry"], len(layer)) == ("MultiPolygon", first.n_areas)
    assert str(tmp_path).encode() not in first.path.read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {
        "adm1.geojson", "adm2.geojson", "adm3.geojson", "one.gpkg", "two.gpkg", "one.gpkg.report.csv",
        "two.gpkg.report.csv",
    }  # fmt: skip


def test_it_can_do_without_the_bundled_places(tmp_path):
    built = build_gazetteer(tmp_path / "out.gpkg", cod=cod(tmp_path), with_bundled=False)
    gaz = gcas.load_gazetteer(built.path)
    assert built.n_places == len(gaz.places) == 4
    assert gaz.resolve("Kirkuk").best.place.place_id == "cod:IQG13"


def test_an_edit_in_qgis_changes_the_version_and_the_names(tmp_path):
    table = tmp_path / "mine.csv"
    table.write_text("name,lon,lat\nQaryat Mithal,43.5,35.5\n")
    built = build_gazetteer(tmp_path / "out.gpkg", csv=[table])
    before = gcas.load_gazetteer(built.path)
    stored = before._tables.about["version"]
    assert before.version == stored
    with sqlite3.connect(built.path) as tables:
        for function in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):  # as GDAL and QGIS provide them
            tables.create_function(function, 1, lambda blob: 0)
        tables.execute("UPDATE names SET name = 'Qaryat Jadidah' WHERE name = 'Qaryat Mithal'")
        tables.execute("UPDATE places SET name = 'Other Spelling' WHERE name = 'Qaryat Mithal'")
    tables.close()
    after = gcas.load_gazetteer(built.path)
    assert after.version != stored
    assert after.resolve("Qaryat Mithal").status == "unresolved"
    assert {after.resolve(name).best.place.place_id for name in ("Qaryat Jadidah", "Other Spelling")} == {"csv:mine:1"}


def test_keys_of_other_rules_are_made_anew(tmp_path):
    table = tmp_path / "mine.csv"
    table.write_text("name,lon,lat\nQaryat Mithal,43.5,35.5\n")
    built = build_gazetteer(tmp_path / "out.gpkg", csv=[table])
    same = gcas.load_gazetteer(built.path)._tables.index("fold")
    with sqlite3.connect(built.path) as tables:
        tables.execute("UPDATE names SET key_fold = 'x', key_plain = 'x'")
        tables.execute("UPDATE gazetteer SET value = 'older' WHERE key = 'keys_version'")
    tables.close()
    assert gcas.load_gazetteer(built.path)._tables.index("fold") == same


def test_nothing_to_build_from_and_wrong_names_are_refused(tmp_path):
    table = tmp_path / "mine.csv"
    table.write_text("name,lon,lat\nA place,43.5,35.5\n")
    with pytest.raises(InputError, match="nothing to build from"):
        build_gazetteer(tmp_path / "out.gpkg")
    with pytest.raises(InputError, match=r"name it with \.gpkg"):
        build_gazetteer(tmp_path / "out.csv", csv=[table])
    with pytest.raises(InputError, match="no such file"):
        build_gazetteer(tmp_path / "out.gpkg", csv=[tmp_path / "none.csv"])
    with pytest.raises(InputError, match="alternate names belong"):
        build_gazetteer(tmp_path / "out.gpkg", csv=[table], alternate_names=table)
    assert os.listdir(tmp_path) == ["mine.csv"]


def workbook(path, **sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_a_workbook_is_a_table_of_ones_own(tmp_path):
    rows = [["name", "lon", "lat", "kind", "country"], ["Tall Example", 44.3, 35.4, "village", "IQ"], [None] * 5]
    built = build_gazetteer(tmp_path / "out.gpkg", sources=[workbook(tmp_path / "mine.xlsx", Sheet=rows)])
    assert gcas.load_gazetteer(built.path).resolve("Tall Example").best.label == "Tall Example (Kirkuk, IQ)"


def test_a_workbook_of_cod_ab_has_a_sheet_for_each_level(tmp_path):
    readme = [["About"], ["Gazetteer"]]
    first = [["ADM1_EN", "ADM1_FR", "ADM1_PCODE", "ADM0_PCODE", "lon", "lat"], ["Gao", "Gao", "ML07", "ML", 0.5, 17.0]]
    second = [
        ["ADM2_EN", "ADM2_FR", "ADM2_PCODE", "ADM1_EN", "ADM1_PCODE", "ADM0_PCODE", "lon", "lat"],
        ["Ansongo", "Cercle d'Ansongo", "ML0701", "Gao", "ML07", "ML", 0.5, 15.6],
        ["Nowhere", "", "ML0702", "Gao", "ML07", "ML", "", ""],
    ]
    file = workbook(tmp_path / "mli.xlsx", ReadMe=readme, Admin1=first, Admin2=second)
    built = build_gazetteer(tmp_path / "out.gpkg", sources=[file], with_bundled=False)
    gaz = gcas.load_gazetteer(built.path)
    found = gaz.resolve("Ansongo district")
    assert (found.precision, found.best.label, gaz.resolve("ML0701").best.label) == (
        "district",
        *[found.best.label] * 2,
    )
    assert gaz.places.set_index("name").loc["Ansongo", "admin1"] == "cod:ML07"
    assert built.actions["rejected"] == 1
    assert "columns About has none of" in built.remarks[0]


def test_fieldmaps_is_told_from_its_columns(tmp_path):
    square = {"type": "Polygon", "coordinates": [[[0, 15], [1, 15], [1, 16], [0, 16], [0, 15]]]}
    values = {
        "adm2_id": "MLI-20210101-0701", "adm2_src": "ML0701", "adm2_name": "Ansongo", "adm2_name1": "أنسونغو",
        "adm1_id": "MLI-20210101-07", "adm1_src": "ML07", "adm1_name": "Gao", "adm1_name1": None, "adm0_src": "MLI",
        "adm0_name": "Mali", "src_lang": "fr", "src_lang1": "ar", "iso_2": "ML", "iso_3": "MLI",
    }  # fmt: skip
    collection = {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "properties": values, "geometry": square}],
    }
    file = tmp_path / "adm2_polygons.geojson"
    file.write_text(json.dumps(collection), encoding="utf-8")
    built = build_gazetteer(tmp_path / "out.gpkg", sources=[file], countries=["ML"], with_bundled=False)
    gaz = gcas.load_gazetteer(built.path)
    found = gaz.resolve("Ansongo district")
    assert (found.precision, found.best.place.country, found.best.place.names["ar"]) == ("district", "ML", "أنسونغو")
    assert found.best.admin1_name == "Gao"
    assert found.polygon.bounds == (0, 15, 1, 16)
    assert "fieldmaps" in gaz.attribution


def test_overture_divisions_are_read_from_parquet(tmp_path):
    def row(subtype, stated, name, shape, people=None, division=None):
        names = {"primary": name, "common": [("en", f"{name} EN"), ("ar", "أنسونغو")]}
        geometry = shapely.to_wkb(shape)
        return [f"{name}-id", geometry, names, subtype, stated, "ML", "ML-7", people, division, "Q570577"]

    def write(name, rows, **metadata):
        names = pa.struct([("primary", pa.string()), ("common", pa.map_(pa.string(), pa.string()))])
        labels = ["id", "geometry", "names", "subtype", "class", "country", "region", "population", "division_id"]
        labels.append("wikidata")
        columns = dict(zip(labels, map(list, zip(*rows, strict=True)), strict=True))
        table = pa.table(columns | {"names": pa.array(columns["names"], names)})
        parquet.write_table(table.replace_schema_metadata(metadata), tmp_path / name)
        return tmp_path / name

    places = [
        row("locality", "town", "Ansongo", shapely.Point(0.5, 15.66), 30_000),
        row("county", "maritime", "Sea", shapely.box(0, 0, 1, 1)),
        row("borough", None, "Other", shapely.Point(0.5, 15.5)),
    ]
    areas = [
        row("locality", "land", "Ansongo", shapely.box(0.4, 15.6, 0.6, 15.7), None, "Ansongo-id"),
        row("county", "land", "Cercle", shapely.box(0, 15, 1, 16), None, "Cercle-id"),
    ]
    files = [write("division.parquet", places), write("division_area.parquet", areas)]
    built = build_gazetteer(tmp_path / "out.gpkg", sources=files, countries=["ML"], with_bundled=False)
    gaz = gcas.load_gazetteer(built.path)
    found = gaz.resolve("أنسونغو", kinds=["town"])
    assert (found.best.place.kind, found.best.admin1_name) == ("town", "Gao")
    assert found.polygon.bounds == (0.4, 15.6, 0.6, 15.7)
    assert gaz.resolve("Cercle district").precision == "district"
    assert built.actions["rejected"] == 2
    moved = write("moved.parquet", areas, geo=json.dumps({"columns": {"geometry": {"crs": {"name": "X"}}}}))
    with pytest.raises(InputError, match="its coordinates are of X"):
        build_gazetteer(tmp_path / "no.gpkg", sources=[moved])


@pytest.mark.parametrize("name", ["broken.xlsx", "broken.parquet"])
def test_a_damaged_table_is_said_to_be_one(tmp_path, name):
    (tmp_path / name).write_bytes(b"PK\x03\x04 no more")
    with pytest.raises(InputError, match=r"broken\."):
        build_gazetteer(tmp_path / "out.gpkg", sources=[tmp_path / name])


def test_a_kind_that_is_none_is_refused(tmp_path):
    with pytest.raises(InputError, match="no such kind of file"):
        build_gazetteer(tmp_path / "out.gpkg", tsv=[tmp_path / "x.tsv"])
