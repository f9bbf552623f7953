"""Reads ESRI shapefiles (points, lines, polygons) and their dBase tables: as much of the formats as Natural Earth uses.

Formats: "ESRI Shapefile Technical Description" (July 1998) and dBase III.
"""

import struct

import numpy as np
import shapely

POINT, LINE, POLYGON = 1, 3, 5


def read_shapefile(stem, encoding):
    """(records, geometries) of `stem`.shp and .dbf: a list of dicts and a list of shapely geometries (None when empty)."""
    return read_table(stem.with_suffix(".dbf"), encoding), list(_shapes(stem.with_suffix(".shp").read_bytes()))


def read_table(path, encoding):
    """Rows of a dBase table as dicts; text is stripped, numbers are floats, empty values are None."""
    data = path.read_bytes()
    rows, header_size, row_size = struct.unpack("<IHH", data[4:12])
    fields, at = [], 32
    while data[at] != 0x0D:
        name = data[at:at + 11].split(b"\0")[0].decode("ascii")
        fields.append((name, chr(data[at + 11]), data[at + 16]))
        at += 32
    table = []
    for row in range(rows):
        at = header_size + row * row_size + 1
        record = {}
        for name, kind, width in fields:
            raw = data[at:at + width].strip(b" \0")
            at += width
            record[name] = None if not raw or raw.startswith(b"*") else _value(raw, kind, encoding)
        table.append(record)
    return table


def _value(raw, kind, encoding):
    return float(raw) if kind in "NF" else raw.decode(encoding, "replace").strip()


def _shapes(data):
    at = 100
    while at < len(data):
        words, = struct.unpack(">I", data[at + 4:at + 8])
        kind, = struct.unpack("<I", data[at + 8:at + 12])
        body = data[at + 8:at + 8 + words * 2]
        at += 8 + words * 2
        if kind % 10 == POINT:
            yield shapely.Point(struct.unpack("<2d", body[4:20]))
        elif kind % 10 in (LINE, POLYGON):
            yield _parts(body, kind % 10)
        else:
            yield None


def _parts(body, kind):
    parts, points = struct.unpack("<2I", body[36:44])
    starts = list(struct.unpack(f"<{parts}I", body[44:44 + 4 * parts])) + [points]
    xy = np.frombuffer(body, dtype="<f8", offset=44 + 4 * parts, count=points * 2).reshape(-1, 2)
    runs = [xy[a:b] for a, b in zip(starts, starts[1:])]
    if kind == LINE:
        return shapely.MultiLineString([r for r in runs if len(r) > 1])
    # Even-odd assembly of all rings gives the polygon whatever way its rings turn.
    rings = [shapely.LinearRing(r) for r in runs if len(r) > 3]
    return shapely.build_area(shapely.GeometryCollection(rings))
