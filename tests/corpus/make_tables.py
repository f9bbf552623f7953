"""Makes the valid and most of the broken files of the corpora xlsx, ods and geoparquet with the usual programs' own
libraries (openpyxl, xlsxwriter, odfpy, pyarrow, geopandas), so that Dateline is tried on files by other hands than its own.

    python3 tests/corpus/make_tables.py        # in a venv with openpyxl xlsxwriter odfpy pyarrow geopandas
"""

import datetime as dt
import io
import json
import os
import struct
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))


def path(*parts):
    return os.path.join(HERE, *parts)


# ---------------------------------------------------------------- XLSX

import xlsxwriter
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904


def xlsx_plain(name="plain.xlsx"):
    book = Workbook()
    sheet = book.active
    sheet.title = "Incidents"
    sheet.append(["id", "title", "latitude", "longitude", "date", "type", "source", "remark"])
    sheet.append(["a", "Fire at the mill", 51.2772, 34.2881, dt.date(2025, 5, 1), "Fire", "https://example.org/1", 12])
    sheet.append(["b", "Night strike", 50.5, 36.6, dt.datetime(2025, 5, 2, 6, 30), "Strike", "Gazette", 0.1 + 0.2])
    sheet.append(["c", "No place", None, None, dt.date(2025, 5, 3), "Fire", None, True])
    sheet.append([])
    sheet.append(["d", "Broken formula", "#REF!", 36.6, dt.date(2025, 5, 3), "Fire", None, None])
    sheet.append(["e", "Date unknown", 50.6, 36.7, "#N/A", "Fire", None, None])
    for row in sheet.iter_rows(min_row=2, min_col=3, max_col=5):
        for cell in row:
            if cell.value in ("#REF!", "#N/A"):
                cell.data_type = "e"
    book.save(path("xlsx", "valid", name))


def xlsx_russian():
    book = Workbook()
    book.active.title = "Содержание"
    book.active.append(["Отчёт за май"])
    sheet = book.create_sheet("Происшествия")
    sheet.append(["Происшествия, май 2025 года"])
    sheet.append([])
    sheet.append(["№", "Заголовок", "Место", "Широта", "Долгота", "Дата", "Тип", "Источник"])
    sheet.append([1, "Пожар на складе", "Орёл", "52,9668", "36,0625", "16.05.2025", "Пожар", "Губернатор"])
    sheet.append([2, "Обломки беспилотника", "Курск", "51,7304", "36,1926", "16 мая 2025 г.", "БПЛА", "МЧС"])
    sheet.append([3, "Взрыв", "Белгород", "50,5957", None, "17.05.2025", "Взрыв", None])
    sheet.append(["Итого", 3])
    sheet.merge_cells("A1:H1")
    book.save(path("xlsx", "valid", "russian.xlsx"))


def xlsx_merged():
    book = Workbook()
    sheet = book.active
    sheet.title = "Події"
    sheet.append(["Дата", "Назва", "Широта", "Довгота"])
    sheet.append([dt.date(2024, 3, 12), "Перша подія", 50.4501, 30.5234])
    sheet.append([None, "Друга подія", 49.8397, 24.0297])
    sheet.append([None, "Третя подія", 46.4825, 30.7233])
    sheet.append([None, "Без дати", 48.0, 37.8])
    sheet.merge_cells("A2:A4")
    book.save(path("xlsx", "valid", "merged-ukrainian.xlsx"))


def xlsx_1904():
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    sheet.append(["name", "lat", "lon", "date", "time"])
    sheet.append(["Mac", 10.0, 20.0, dt.datetime(2025, 5, 1), dt.time(6, 30)])
    book.save(path("xlsx", "valid", "calendar-1904.xlsx"))


def xlsx_far():
    """A cell in the last row and column that there are."""
    book = Workbook()
    sheet = book.active
    sheet.append(["name", "lat", "lon"])
    sheet.append(["Near", 10.0, 20.0])
    sheet.cell(row=1048576, column=1, value="Far")
    sheet.cell(row=1048576, column=2, value=11.0)
    sheet.cell(row=1048576, column=3, value=21.0)
    sheet.cell(row=1048576, column=16384, value="beyond")
    book.save(path("xlsx", "valid", "far-corner.xlsx"))


def xlsx_latlon():
    book = Workbook()
    sheet = book.active
    sheet.append(["Event", "Coordinates", "When"])
    sheet.append(["Crash", "51.2772, 34.2881", "2025-05-16"])
    sheet.append(["Flood", "51°16′38″N 34°17′17″E", "May 2025"])
    book.save(path("xlsx", "valid", "coordinates-in-one-cell.xlsx"))


def rewrite(source, target, change):
    """Copies an archive, with `change(name, data)` giving what stands in it instead; None leaves it out."""
    out = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = change(entry.filename, old.read(entry))
            if data is not None:
                kind = zipfile.ZIP_STORED if entry.filename == "mimetype" else zipfile.ZIP_DEFLATED
                new.writestr(zipfile.ZipInfo(entry.filename, (2025, 5, 1, 0, 0, 0)), data, kind)
    with open(target, "wb") as file:
        file.write(out.getvalue())


def xlsx_shared():
    """Texts that stand in a table of their own, as Excel writes them."""
    book = xlsxwriter.Workbook(path("xlsx", "valid", "shared-strings.xlsx"))
    sheet = book.add_worksheet("Дані")
    day = book.add_format({"num_format": "dd.mm.yyyy hh:mm"})
    length = book.add_format({"num_format": "[h]:mm"})
    bold = book.add_format({"bold": True})
    sheet.write_row(0, 0, ["Назва", "Широта", "Довгота", "Дата", "Тривалість", "Тип"])
    sheet.write_rich_string(1, 0, "Дві ", bold, "частини")
    sheet.write_row(1, 1, [50.45, 30.52])
    sheet.write_datetime(1, 3, dt.datetime(2025, 5, 1, 6, 30), day)
    sheet.write_number(1, 4, 1.5, length)
    sheet.write_formula(1, 5, '="По"&"жежа"', None, "Пожежа")
    sheet.write_row(2, 0, ["Рядок\nдругий", 49.84, 24.03])
    book.close()


def broken_xlsx():
    good = path("xlsx", "valid", "shared-strings.xlsx")
    data = open(good, "rb").read()
    sheet = "xl/worksheets/sheet1.xml"

    def write(name, content):
        with open(path("xlsx", "broken", name), "wb") as file:
            file.write(content)

    def edit(name, part, change):
        rewrite(good, path("xlsx", "broken", name), lambda n, d: change(d) if n == part else d)

    write("half.xlsx", data[: len(data) // 2])
    write("no-directory.xlsx", data[:-22])
    write("only-magic.xlsx", b"PK\x03\x04")
    write("old-excel.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504))
    middle = data.find(b"xl/worksheets/sheet1.xml") + 60
    write("damaged-deflate.xlsx", data[:middle] + b"\xff" * 40 + data[middle + 40 :])
    edit("sheet-cut-off.xlsx", sheet, lambda d: d[: len(d) // 2])
    edit("sheet-not-xml.xlsx", sheet, lambda d: b"This is no XML at all < & >")
    edit("sheet-empty.xlsx", sheet, lambda d: b"")
    edit("tags-crossed.xlsx", sheet, lambda d: d.replace(b"</row>", b"</c>", 1))
    edit("string-number-too-high.xlsx", sheet, lambda d: d.replace(b't="s"><v>0<', b't="s"><v>99999999<', 1))
    edit("cell-beyond-the-sheet.xlsx", sheet, lambda d: d.replace(b'r="A2"', b'r="ZZZZZ99999999"', 1))
    edit("cell-name-nonsense.xlsx", sheet, lambda d: d.replace(b'r="A2"', b'r="!!"', 1))
    edit("no-cells.xlsx", sheet, lambda d: d[: d.find(b"<sheetData>")] + b"<sheetData/></worksheet>")
    edit("strings-cut-off.xlsx", "xl/sharedStrings.xml", lambda d: d[:100])
    edit("styles-cut-off.xlsx", "xl/styles.xml", lambda d: d[: len(d) // 2])
    edit("no-sheets.xlsx", "xl/workbook.xml", lambda d: d.replace(d[d.find(b"<sheets>") : d.find(b"</sheets>") + 9], b"<sheets/>"))
    edit(
        "entity-bomb.xlsx",
        sheet,
        lambda d: d.replace(
            b"<worksheet",
            b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet',
            1,
        ).replace(b"<v>50.45</v>", b"<v>&b;</v>"),
    )
    rewrite(good, path("xlsx", "broken", "sheet-missing.xlsx"), lambda n, d: None if n == sheet else d)
    rewrite(good, path("xlsx", "broken", "workbook-missing.xlsx"), lambda n, d: None if n == "xl/workbook.xml" else d)

    book = Workbook()
    book.active.append(["name", "colour", "size"])
    book.active.append(["a", "red", 3])
    book.save(path("xlsx", "broken", "no-positions.xlsx"))
    book = Workbook()
    book.active.append(["name", "lat", "lon"])
    book.active.append(["a", 91.5, 10])
    book.active.append(["b", "north", 10])
    book.active.append(["c", 10, 1e308])
    book.active.append(["d", 10, 20])
    book.save(path("xlsx", "broken", "bad-numbers.xlsx"))


# ---------------------------------------------------------------- ODS

from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P
from odf.office import Annotation


def cell(value, **more):
    if value is None:
        return TableCell(**more)
    if isinstance(value, (int, float)):
        made = TableCell(valuetype="float", value=str(value), **more)
        made.addElement(P(text=str(round(value, 1)).replace(".", ",")))
    elif isinstance(value, dt.datetime):
        made = TableCell(valuetype="date", datevalue=value.isoformat(), **more)
        made.addElement(P(text=value.strftime("%d.%m.%y")))
    elif isinstance(value, dt.date):
        made = TableCell(valuetype="date", datevalue=value.isoformat(), **more)
        made.addElement(P(text=value.strftime("%d.%m.%y")))
    else:
        made = TableCell(valuetype="string", **more)
        for line in value.split("\n"):
            made.addElement(P(text=line))
    return made


def row(values, **more):
    made = TableRow(**more)
    for value in values:
        made.addElement(value if hasattr(value, "qname") else cell(value))
    return made


def ods(name, *tables):
    book = OpenDocumentSpreadsheet()
    for title, rows in tables:
        table = Table(name=title)
        for one in rows:
            table.addElement(one)
        book.spreadsheet.addElement(table)
    book.save(path("ods", "valid", name))


def valid_ods():
    noted = cell("Ночной удар")
    note = Annotation()
    note.addElement(P(text="a remark that is no part of the cell"))
    noted.addElement(note)
    ods(
        "russian.ods",
        (
            "Лист1",
            [
                row(["Сводка\nза май", None]),
                row([TableCell(numbercolumnsrepeated=1024)], numberrowsrepeated=2),
                row(["Название", "Широта", "Долгота", "Дата", "Тип"]),
                row(["Пожар", 52.9668, 36.0625, dt.date(2025, 5, 16), "Пожар"]),
                row([noted, 51.7304, 36.1926, dt.datetime(2025, 5, 17, 6, 30), "БПЛА"]),
                row([TableCell(numbercolumnsrepeated=1024)], numberrowsrepeated=1048000),
            ],
        ),
        ("Лист2", [row(["x"])]),
    )
    spanning = cell(dt.date(2024, 3, 12), numberrowsspanned=2)
    ods(
        "spans.ods",
        (
            "Події",
            [
                row(["Дата", "Назва", "Широта", "Довгота"]),
                row([spanning, "Перша", 50.4501, 30.5234]),
                row([CoveredTableCell(), "Друга", 49.8397, 24.0297]),
                row([None, "Третя", 48.0, 37.8]),
            ],
        ),
    )
    ods(
        "repeated.ods",
        (
            "Sheet1",
            [
                row(["name", "lat", "lon"]),
                row(["twin", cell(10.5, numbercolumnsrepeated=2)], numberrowsrepeated=3),
                row(["last", -33.9, 18.4]),
            ],
        ),
    )


def broken_ods():
    good = path("ods", "valid", "russian.ods")
    data = open(good, "rb").read()

    def write(name, content):
        with open(path("ods", "broken", name), "wb") as file:
            file.write(content)

    def edit(name, change, part="content.xml"):
        rewrite(good, path("ods", "broken", name), lambda n, d: change(d) if n == part else d)

    write("half.ods", data[: len(data) // 2])
    write("no-directory.ods", data[:-22])
    edit("content-cut-off.ods", lambda d: d[: len(d) // 2])
    edit("content-cut-off-in-a-tag.ods", lambda d: d[: d.find(b"table:table-row", 2000) + 5])
    edit("content-empty.ods", lambda d: b"")
    edit("content-not-xml.ods", lambda d: b"no <<< xml & at all")
    edit("not-utf-8.ods", lambda d: d.replace("Пожар".encode(), b"\xcf\xee\xe6\xe0\xf0"))
    edit("tags-crossed.ods", lambda d: d.replace(b"</table:table-cell>", b"</table:table-row>", 1))
    edit("no-tables.ods", lambda d: d[: d.find(b"<table:table ")] + b"</office:spreadsheet></office:body></office:document-content>")
    edit("no-rows.ods", lambda d: d[: d.find(b"<table:table-row")] + b"</table:table></office:spreadsheet></office:body></office:document-content>")
    edit("a-billion-rows.ods", lambda d: d.replace(b"<table:table-row><table:table-cell", b'<table:table-row table:number-rows-repeated="4294967295"><table:table-cell', 9))
    edit("a-billion-columns.ods", lambda d: d.replace(b'office:value-type="float"', b'office:value-type="float" table:number-columns-repeated="4294967295"', 1))
    edit("negative-repeats.ods", lambda d: d.replace(b'number-rows-repeated="1048000"', b'number-rows-repeated="-5"'))
    edit(
        "entity-bomb.ods",
        lambda d: d.replace(b"<office:document-content", b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><office:document-content', 1),
    )
    edit("attribute-twice.ods", lambda d: d.replace(b'office:value-type="float"', b'office:value-type="float" office:value-type="string"', 1))
    edit(
        "encrypted.ods",
        lambda d: d.replace(b"</manifest:manifest>", b'<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry></manifest:manifest>'),
        "META-INF/manifest.xml",
    )
    rewrite(good, path("ods", "broken", "content-missing.ods"), lambda n, d: None if n == "content.xml" else d)
    middle = data.find(b"content.xml") + 80
    write("damaged-deflate.ods", data[:middle] + b"\x00" * 60 + data[middle + 60 :])


# ---------------------------------------------------------------- GeoParquet

import geopandas
import pyarrow as pa
import pyarrow.parquet as pq
from shapely.geometry import LineString, MultiPoint, Point, Polygon


def parquet(name, **options):
    frame = geopandas.GeoDataFrame(
        {
            "title": ["Пожар", "Strike", "Nowhere", "Річка"],
            "date": [dt.datetime(2025, 5, 1), dt.datetime(2025, 5, 2, 6, 30), None, dt.datetime(2025, 5, 4)],
            "type": ["Fire", "Strike", "Fire", "Flood"],
            "injured": [3, None, 1, 0],
        },
        geometry=[Point(36.06, 52.97), Point(34.29, 51.28), None, LineString([(30, 50), (31, 51), (32, 50)])],
        crs="EPSG:4326",
    )
    frame.to_parquet(path("geoparquet", "valid", name), **options)


def table(name, columns, geo=None, **options):
    made = pa.table(columns)
    if geo is not None:
        made = made.replace_schema_metadata({b"geo": json.dumps(geo).encode()})
    pq.write_table(made, path("geoparquet", "valid", name), **options)


def valid_parquet():
    for compression in ["snappy", "zstd", "gzip", "lz4", None]:
        parquet(f"geopandas-{compression or 'plain'}.parquet", compression=compression)
    parquet("geopandas-bbox.parquet", write_covering_bbox=True, schema_version="1.1.0")
    points = pa.StructArray.from_arrays([pa.array([30.5, 24.0, None]), pa.array([50.4, 49.8, None])], ["x", "y"])
    table(
        "native-points.parquet",
        {"назва": ["Київ", "Львів", "ніде"], "geometry": points},
        {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": {"encoding": "point", "geometry_types": ["Point"]}}},
    )
    utc = pa.timestamp("us", tz="UTC")
    moment = dt.datetime(2025, 5, 1, 6, 30, tzinfo=dt.timezone.utc)
    table(
        "plain-columns.parquet",
        {
            "lat": pa.array([51.5, 48.85, None, 95.0, 10.0]),
            "lon": pa.array([-0.1, 2.35, 1.0, 2.0, 20.0]),
            "date": pa.array([moment] * 5, utc),
            "kind": pa.array(["a", "b", "a", None, "c"]).dictionary_encode(),
            "tags": pa.array([["x", "y"], [], None, ["z"], ["x"]]),
            "price": pa.array([None, 1, 2, 3, 4], pa.int64()).cast(pa.decimal128(21, 2)),
            "seen": pa.array([True, False, None, True, True]),
            "day": pa.array([dt.date(2025, 5, 1)] * 5),
            "clock": pa.array([dt.time(6, 30)] * 5),
            "small": pa.array([1, 2, 3, 4, 5], pa.uint8()),
            "real": pa.array([1.5, 2.5, 3.5, 4.5, 0.1], pa.float32()),
            "nested": pa.array([{"a": 1, "b": "q"}] * 5),
        },
        compression="zstd",
    )
    table("date-texts.parquet", {"latitude": [1.0, 2.0], "longitude": [3.0, 4.0], "date": ["16/05/2025", "01/02/2025"]})
    many = {"lat": [n / 1000 for n in range(3000)], "lon": [n / 100 for n in range(3000)], "name": [f"row {n}" for n in range(3000)]}
    table("row-groups.parquet", many, row_group_size=700, data_page_size=512, compression="zstd")
    table("pages-v2.parquet", many, data_page_version="2.0", column_encoding={"name": "DELTA_BYTE_ARRAY"}, use_dictionary=False)
    table("byte-stream-split.parquet", many, column_encoding={"lat": "BYTE_STREAM_SPLIT", "lon": "BYTE_STREAM_SPLIT", "name": "DELTA_LENGTH_BYTE_ARRAY"}, use_dictionary=False)
    areas = geopandas.GeoDataFrame(
        {"name": ["Field", "Spots"]},
        geometry=[
            Polygon([(0, 0), (4, 0), (4, 2), (0, 2)], [[(1, 0.5), (3, 0.5), (3, 1.5), (1, 1.5)]]),
            MultiPoint([(5, 5), (6, 6)]),
        ],
        crs="EPSG:4326",
    )
    areas.to_parquet(path("geoparquet", "valid", "areas.parquet"))


def broken_parquet():
    good = path("geoparquet", "valid", "geopandas-snappy.parquet")
    data = open(good, "rb").read()
    size = struct.unpack("<I", data[-8:-4])[0]
    foot = len(data) - 8 - size

    def write(name, content):
        with open(path("geoparquet", "broken", name), "wb") as file:
            file.write(content)

    def save(name, columns, geo):
        made = pa.table(columns)
        if geo is not None:
            made = made.replace_schema_metadata({b"geo": geo if isinstance(geo, bytes) else json.dumps(geo).encode()})
        pq.write_table(made, path("geoparquet", "broken", name))

    write("half.parquet", data[: len(data) // 2])
    write("no-end.parquet", data[:-8])
    write("only-magic.parquet", b"PAR1")
    write("only-two-magics.parquet", b"PAR1PAR1")
    write("metadata-too-long.parquet", data[:-8] + struct.pack("<I", 0x7FFFFFFF) + b"PAR1")
    write("metadata-longer-than-file.parquet", data[:-8] + struct.pack("<I", len(data) * 2) + b"PAR1")
    write("metadata-empty.parquet", data[:-8] + struct.pack("<I", 0) + b"PAR1")
    write("metadata-zeroed.parquet", data[:foot] + bytes(size) + data[-8:])
    write("metadata-ones.parquet", data[:foot] + b"\xff" * size + data[-8:])
    write("encrypted.parquet", b"PARE" + data[4:-4] + b"PARE")
    write("pages-zeroed.parquet", data[:4] + bytes(foot - 4) + data[foot:])
    write("pages-ones.parquet", data[:4] + b"\xff" * (foot - 4) + data[foot:])
    write("pages-shifted.parquet", data[:4] + data[5:foot] + b"\0" + data[foot:])
    # A list of 2^31 - 1 row groups in the metadata.
    lying = b"\x15\x02\x19\x0c\x16\x02\x19\xfc\xff\xff\xff\xff\x07"
    write("row-groups-without-end.parquet", b"PAR1" + lying + struct.pack("<I", len(lying)) + b"PAR1")
    deep = b"\x1c" * 100000
    write("metadata-nested.parquet", b"PAR1" + deep[:5000] + struct.pack("<I", 5000) + b"PAR1")
    wkb = struct.pack("<BIdd", 1, 1, 36.0, 52.0)
    geo = {"version": "1.0.0", "primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB", "geometry_types": []}}}
    save("geo-not-json.parquet", {"geometry": [wkb]}, b"{not json")
    save("geo-without-columns.parquet", {"geometry": [wkb]}, b"{}")
    save("geo-names-no-column.parquet", {"other": [wkb]}, geo)
    save("geometry-is-numbers.parquet", {"geometry": [1, 2]}, geo)
    projected = json.loads(json.dumps(geo))
    projected["columns"]["geometry"]["crs"] = {"type": "ProjectedCRS", "name": "WGS 84 / Pseudo-Mercator", "id": {"authority": "EPSG", "code": 3857}}
    save("projected.parquet", {"geometry": [wkb]}, projected)
    lines = json.loads(json.dumps(geo))
    lines["columns"]["geometry"]["encoding"] = "linestring"
    save("native-lines.parquet", {"geometry": [wkb]}, lines)
    save("no-positions.parquet", {"name": ["a"], "size": [3]}, None)
    bad = [b"", b"\x07", wkb[:10], wkb + b"x", struct.pack("<BII", 1, 2, 0xFFFFFFFF), struct.pack("<BIdd", 1, 1, 400.0, 52.0), wkb]
    save("bad-geometries.parquet", {"name": list("abcdefg"), "geometry": bad}, geo)
    save("no-rows.parquet", {"geometry": pa.array([], pa.binary())}, geo)


if __name__ == "__main__":
    xlsx_plain()
    xlsx_shared()
    xlsx_russian()
    xlsx_merged()
    xlsx_1904()
    xlsx_far()
    xlsx_latlon()
    broken_xlsx()
    valid_ods()
    broken_ods()
    valid_parquet()
    broken_parquet()
