"""Writes assets/gazetteer.bin: places with names, position, population, region and country.

Which: every place of the detailed region with at least 500 inhabitants, elsewhere the larger ones (see WORLD_LEAST).
Format (little endian; varint, zigzag and strings as in regions.py):

    "DLGAZ1\\0\\0"                    8 bytes
    u32 places, u32 blocks          counts
    u32 size of the region table
    blocks x { u32 offset, u32 size of the packed bytes, u16 west, north, east, south (grid / 32, rounded outward), u32 largest population }
    region table                    raw deflate of: varint regions x { string code, string country }
    blocks                          each raw deflate of up to BLOCK places

    a block, by columns:            varint places; x: zigzag differences; y: zigzag differences; varint populations / rounding;
                                    varint regions (index into the table); strings name; strings local; strings ru; strings uk
                                    (empty: none, "=": as the English name)

Places lie in the order of a Hilbert curve, so a block is a small area and the nearest place is found by opening few.
"""

import struct

import deflate
import numpy as np
import shapely

from common import GRID, in_detail, log, project, varint, zigzag
from regions import text
from tiler import tile_id

WORLD_LEAST = 4_000
BLOCK = 384
CURVE_BITS = 16


def write_gazetteer(path, geonames, names, units):
    """Chooses the places, orders them and writes the file."""
    towns = [t for t in geonames.towns if t["population"] >= _least(t)]
    points = np.array([(t["longitude"], t["latitude"]) for t in towns])
    regions = _regions_of(points, [t["countrycode"] for t in towns], units)
    grid = np.rint(project(points)).astype(np.int64).clip(0, GRID - 1)
    order = sorted(range(len(towns)), key=lambda i: (_curve(grid[i]), int(towns[i]["geonameid"])))
    table = sorted(set(regions))
    number = {region: i for i, region in enumerate(table)}
    rows = []
    for i in order:
        found = names.of_place(towns[i], geonames.language(towns[i]["countrycode"]))
        rows.append((int(grid[i, 0]), int(grid[i, 1]), int(towns[i]["population"]), number[regions[i]], found))
    blocks = [rows[at:at + BLOCK] for at in range(0, len(rows), BLOCK)]
    packed = [_pack(_block(block)) for block in blocks]
    packed_table = _pack(varint(len(table)) + b"".join(text(code) + text(country) for code, country in table))
    head = bytearray(b"DLGAZ1\0\0" + struct.pack("<III", len(rows), len(blocks), len(packed_table)))
    offset = len(head) + 20 * len(blocks) + len(packed_table)
    for block, data in zip(blocks, packed):
        head += struct.pack("<II4HI", offset, len(data), *_box(block), max(row[2] for row in block))
        offset += len(data)
    path.write_bytes(bytes(head) + packed_table + b"".join(packed))
    log(f"gazetteer.bin: {len(rows)} places in {len(blocks)} blocks, {path.stat().st_size} bytes")


def _least(town):
    return 500 if in_detail(town["longitude"], town["latitude"]) else WORLD_LEAST


def _curve(xy):
    shift = GRID.bit_length() - 1 - CURVE_BITS
    return tile_id(CURVE_BITS, int(xy[0]) >> shift, int(xy[1]) >> shift)


def _pack(data):
    return bytes(deflate.deflate_compress(bytes(data), 12))


def _box(block):
    xs, ys = [row[0] for row in block], [row[1] for row in block]
    return min(xs) >> 5, min(ys) >> 5, (max(xs) >> 5) + 1 if max(xs) >> 5 < 65535 else 65535, min((max(ys) >> 5) + 1, 65535)


def _block(rows):
    out = bytearray(varint(len(rows)))
    for column in (0, 1):
        previous = 0
        for row in rows:
            out += varint(zigzag(row[column] - previous))
            previous = row[column]
    for column in (2, 3):
        for row in rows:
            out += varint(row[column])
    for key in ("name", "name:local", "name:ru", "name:uk"):
        for *_, found in rows:
            value = found[key]
            out += text("=" if key != "name" and value == found["name"] else value)
    return out


def _regions_of(points, countries, units):
    """(region code, country) of each position: the unit that holds it, else the nearest one of the same country."""
    shapes = shapely.points(points)
    tree = shapely.STRtree(shapes)
    found = [None] * len(points)
    geometries = [u.geometry for u in units]
    pairs = tree.query(geometries, predicate="intersects")
    for unit, point in zip(*pairs.tolist()):
        if units[unit].country == countries[point] or found[point] is None:
            found[point] = unit
    missing = [i for i, unit in enumerate(found) if unit is None or units[unit].country != countries[i]]
    by_country = {}
    for number, unit in enumerate(units):
        by_country.setdefault(unit.country, []).append(number)
    for country in sorted({countries[i] for i in missing}):
        if country not in by_country:
            continue
        own = shapely.STRtree([geometries[n] for n in by_country[country]])
        lost = [i for i in missing if countries[i] == country]
        near, which = own.query_nearest(shapes[lost], max_distance=0.5, all_matches=False)
        for i, n in zip(near.tolist(), which.tolist()):
            found[lost[i]] = by_country[country][n]
    out = []
    for unit, country in zip(found, countries):
        usable = unit is not None and units[unit].country == country and not units[unit].code.endswith("~")
        out.append((units[unit].code if usable else "", country))
    return out
