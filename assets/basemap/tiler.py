"""Cuts features into Mapbox vector tiles and packs those into one PMTiles archive.

Why not a ready-made tiler: lines and polygons are simplified once per zoom for the whole world, before they are cut, so that
no two tiles disagree at their seam; integers are written as signed ones, the only kind that the map widget reads; and
the bytes depend on nothing but the input.

Formats: Mapbox Vector Tile 2.1, PMTiles 3 (spec of 2022), both written here from their specifications.
"""

import multiprocessing
import struct
from dataclasses import dataclass, field

import deflate
import numpy as np
import shapely

from common import DETAIL_BOX, DETAIL_MAX_ZOOM, EXTENT, GRID, GRID_BITS, WORLD_MAX_ZOOM, log, project

# Tile units beyond a tile's edge that are still drawn into it: wider than any line, so no seam shows.
BUFFER = 80
GZIP_LEVEL = 12
# Order of the layers inside a tile.
LAYERS = ("earth", "landcover", "water", "roads", "boundaries", "places")


@dataclass
class Feature:
    """One thing on the map. `geometry` is in grid units, points included; zooms are tile zooms, both ends inclusive."""

    layer: str
    geometry: object
    properties: dict
    min_zoom: int = 0
    max_zoom: int = DETAIL_MAX_ZOOM
    # Lower comes first in a tile: more important.
    order: float = 0.0
    # Polygons and lines smaller than this many pixels (at 512 a tile) are left out of a zoom.
    min_size_px: float = 1.0


def tolerance_units(zoom):
    """Simplification in tile units (8 to a pixel): nearly none at the zooms that are magnified further."""
    return 1.0 if zoom in (WORLD_MAX_ZOOM, DETAIL_MAX_ZOOM) else 4.0


def tiles_of_zoom(zoom):
    """(x0, y0, x1, y1): the inclusive range of tiles of the archive at a zoom."""
    side = 1 << zoom
    if zoom <= WORLD_MAX_ZOOM:
        return 0, 0, side - 1, side - 1
    west, south, east, north = DETAIL_BOX
    (x0, y0), (x1, y1) = project(np.array([[west, north], [east, south]])) / GRID * side
    return int(x0), int(y0), int(x1), int(y1)


def cut_zoom(features, zoom):
    """{(x, y): [(feature, geometry in tile units)]} of one zoom."""
    x0, y0, x1, y1 = tiles_of_zoom(zoom)
    visible = [f for f in features if f.min_zoom <= zoom <= f.max_zoom]
    visible.sort(key=lambda f: (LAYERS.index(f.layer), f.order))
    scale = 2.0 ** (zoom + 12 - GRID_BITS)
    window = (x0 * EXTENT - BUFFER, y0 * EXTENT - BUFFER, (x1 + 1) * EXTENT + BUFFER, (y1 + 1) * EXTENT + BUFFER)
    world = EXTENT << zoom
    items = []
    for number, feature in enumerate(visible):
        for geometry in _at_zoom(feature, zoom, scale, window):
            for shift in (0, -world, world):
                west, _, east, _ = geometry.bounds
                # What lies just beyond the antimeridian is drawn into the buffer of the tiles this side of it.
                if west + shift < window[2] and east + shift > window[0]:
                    moved = geometry if shift == 0 else shapely.transform(geometry, lambda c, s=shift: c + [s, 0])
                    items.append((number, moved))
    tiles = {}
    _descend(items, 0, 0, zoom, zoom, (x0, y0, x1, y1), tiles)
    return {key: [(visible[n], g) for n, g in found] for key, found in tiles.items()}


def _at_zoom(feature, zoom, scale, window):
    """The feature's geometry in tile units of the world at a zoom, simplified; nothing where it is too small."""
    geometry = feature.geometry
    if geometry.geom_type != "Point":
        west, north, east, south = (v * scale for v in geometry.bounds)
        if max(east - west, south - north) < feature.min_size_px * EXTENT / 512.0:
            return
        if zoom > WORLD_MAX_ZOOM:
            grid_window = [v / scale for v in window]
            geometry = clip(geometry, *grid_window)
    geometry = shapely.transform(geometry, lambda c: c * scale)
    if "Point" in geometry.geom_type:
        yield shapely.transform(geometry, np.rint)
        return
    polygons = "Polygon" in geometry.geom_type
    for part in shapely.get_parts(geometry):
        if part.is_empty:
            continue
        if polygons:
            part = _without_specks(part, feature.min_size_px)
        part = shapely.simplify(part, tolerance_units(zoom), preserve_topology=polygons)
        part = shapely.transform(part, np.rint)
        if not part.is_empty:
            yield part


def _without_specks(polygon, min_size_px):
    """The polygon without holes that are too small to see."""
    if not polygon.interiors:
        return polygon
    least = (min_size_px * EXTENT / 512.0) ** 2
    areas = shapely.area(shapely.polygons(shapely.get_rings(polygon)[1:]))
    kept = [ring for ring, area in zip(polygon.interiors, areas) if area >= least]
    return polygon if len(kept) == len(polygon.interiors) else shapely.Polygon(polygon.exterior, kept)


def clip(geometry, west, north, east, south):
    """The part inside a box; the fast way first, the careful one where rounding left a polygon that crosses itself."""
    try:
        return shapely.clip_by_rect(geometry, west, north, east, south)
    except shapely.errors.GEOSException:
        return shapely.intersection(shapely.make_valid(geometry), shapely.box(west, north, east, south))


def _descend(items, x, y, depth, zoom, wanted, tiles):
    """Halves the world until single tiles are left. `depth`: how many halvings remain."""
    x0, y0, x1, y1 = wanted
    first_x, first_y = x << depth, y << depth
    last_x, last_y = ((x + 1) << depth) - 1, ((y + 1) << depth) - 1
    if not items or last_x < x0 or first_x > x1 or last_y < y0 or first_y > y1:
        return
    box = (first_x * EXTENT - BUFFER, first_y * EXTENT - BUFFER, (last_x + 1) * EXTENT + BUFFER, (last_y + 1) * EXTENT + BUFFER)
    inside = []
    for number, geometry in items:
        west, north, east, south = geometry.bounds
        if west > box[2] or east < box[0] or north > box[3] or south < box[1]:
            continue
        if geometry.geom_type != "Point" and (west < box[0] or north < box[1] or east > box[2] or south > box[3]):
            geometry = clip(geometry, *box)
            if geometry.is_empty:
                continue
        inside.append((number, geometry))
    if depth == 0:
        tiles[(x, y)] = inside
        return
    for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
        _descend(inside, x * 2 + dx, y * 2 + dy, depth - 1, zoom, wanted, tiles)


# ---- Mapbox vector tiles --------------------------------------------------------------------------------------------


def varint(n):
    """LEB128 bytes of a non-negative integer."""
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    out.append(n)
    return bytes(out)


def _zigzag(n):
    return n * 2 if n >= 0 else -n * 2 - 1


def _chunk(tag, data):
    return varint(tag << 3 | 2) + varint(len(data)) + data


def _number(tag, n):
    return varint(tag << 3) + varint(n)


@dataclass
class _Layer:
    keys: dict = field(default_factory=dict)
    values: dict = field(default_factory=dict)
    features: list = field(default_factory=list)


def encode_tile(found, x, y):
    """Bytes of one tile from [(feature, geometry in the zoom's tile units)]."""
    layers = {}
    for feature, geometry in found:
        kind, commands = _commands(geometry, x * EXTENT, y * EXTENT)
        if not commands:
            continue
        layer = layers.setdefault(feature.layer, _Layer())
        tags = bytearray()
        for key, value in feature.properties.items():
            tags += varint(layer.keys.setdefault(key, len(layer.keys)))
            tags += varint(layer.values.setdefault((type(value), value), len(layer.values)))
        layer.features.append(_chunk(2, bytes(tags)))
        layer.features[-1] += _number(3, kind) + _chunk(4, commands)
    out = bytearray()
    for name in LAYERS:
        if name in layers:
            out += _chunk(3, _layer_bytes(name, layers[name]))
    return bytes(out)


def _layer_bytes(name, layer):
    out = bytearray(_number(15, 2) + _chunk(1, name.encode()))
    for data in layer.features:
        out += _chunk(2, data)
    for key in layer.keys:
        out += _chunk(3, key.encode())
    for kind, value in layer.values:
        out += _chunk(4, _value(kind, value))
    return bytes(out + _number(5, EXTENT))


def _value(kind, value):
    if kind is bool:
        return _number(7, int(value))
    if kind is int:
        return _number(6, _zigzag(value))
    return _chunk(1, value.encode())


def _commands(geometry, x0, y0):
    """(geometry type, command bytes) of a geometry; empty where nothing is left of it at this resolution."""
    pen = [x0, y0]
    out = bytearray()
    kind = 0
    for part in shapely.get_parts(geometry):
        if part.geom_type == "Point":
            kind = 1
            out += varint(1 << 3 | 1) + _moves(np.rint(shapely.get_coordinates(part)).astype(int), pen)
        elif part.geom_type == "LineString":
            kind = 2
            xy = _distinct(part)
            if len(xy) >= 2:
                out += _line(xy, pen)
        elif part.geom_type == "Polygon":
            kind = 3
            for outer, ring in [(True, part.exterior)] + [(False, r) for r in part.interiors]:
                xy = _distinct(ring)
                area = _area(xy)
                if len(xy) < 4 or area == 0:
                    if outer:
                        break
                    continue
                xy = xy if (area > 0) == outer else xy[::-1]
                out += _line(xy[:-1], pen) + varint(1 << 3 | 7)
    return kind, bytes(out)


def _area(xy):
    x, y = xy[:, 0].astype(float), xy[:, 1].astype(float)
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum())


def _distinct(line):
    xy = np.rint(shapely.get_coordinates(line)).astype(int)
    return xy[np.concatenate([[True], (np.diff(xy, axis=0) != 0).any(axis=1)])] if len(xy) else xy


def _line(xy, pen):
    return varint(1 << 3 | 1) + _moves(xy[:1], pen) + varint((len(xy) - 1) << 3 | 2) + _moves(xy[1:], pen)


def _moves(xy, pen):
    out = bytearray()
    for px, py in xy.tolist():
        out += varint(_zigzag(px - pen[0])) + varint(_zigzag(py - pen[1]))
        pen[0], pen[1] = px, py
    return out


# ---- PMTiles --------------------------------------------------------------------------------------------------------


def tile_id(zoom, x, y):
    """Position of a tile on the Hilbert curve that PMTiles orders tiles by."""
    first = sum(4 ** z for z in range(zoom))
    distance, side = 0, (1 << zoom) >> 1
    while side > 0:
        right, low = int(x & side > 0), int(y & side > 0)
        distance += side * side * ((3 * right) ^ low)
        if low == 0:
            if right == 1:
                x, y = side - 1 - x, side - 1 - y
            x, y = y, x
        side >>= 1
    return first + distance


def gzip(data):
    """Gzip without a date, by a pinned compressor: the same bytes on every machine."""
    return bytes(deflate.gzip_compress(data, GZIP_LEVEL))


def _directory(entries):
    """Bytes of a directory of (tile id, run length, length, offset)."""
    out = bytearray(varint(len(entries)))
    last = 0
    for number, *_ in entries:
        out += varint(number - last)
        last = number
    for column in (1, 2):
        for entry in entries:
            out += varint(entry[column])
    expected = None
    for _, _, length, offset in entries:
        out += varint(0 if offset == expected else offset + 1)
        expected = offset + length
    return gzip(bytes(out))


def write_pmtiles(path, tiles, metadata):
    """Writes {(zoom, x, y): bytes} as one archive; equal tiles are stored once."""
    entries, stored, data = [], {}, bytearray()
    for number, raw in sorted((tile_id(*key), raw) for key, raw in tiles.items()):
        if raw not in stored:
            packed = gzip(raw)
            stored[raw] = (len(data), len(packed))
            data += packed
        offset, length = stored[raw]
        if entries and entries[-1][3] == offset and entries[-1][0] + entries[-1][1] == number:
            entries[-1] = (entries[-1][0], entries[-1][1] + 1, length, offset)
        else:
            entries.append((number, 1, length, offset))
    root, leaves = _tree(entries)
    packed_metadata = gzip(metadata)
    path.write_bytes(_header(root, packed_metadata, leaves, data, tiles, entries, len(stored))
                     + root + packed_metadata + leaves + bytes(data))


def _tree(entries):
    """(root directory, leaf directories): one level of leaves, the root within the 16 KiB that readers fetch first."""
    size = 2048
    leaves, root = bytearray(), []
    for start in range(0, len(entries), size):
        leaf = _directory(entries[start:start + size])
        root.append((entries[start][0], 0, len(leaf), len(leaves)))
        leaves += leaf
    root = _directory(root)
    assert len(root) < 16384 - 127
    return root, bytes(leaves)


def _header(root, metadata, leaves, data, tiles, entries, contents):
    at = 127
    sections = []
    for section in (root, metadata, leaves, data):
        sections += [at, len(section)]
        at += len(section)
    zooms = [z for z, _, _ in tiles]
    gzip_code, mvt_code = 2, 1
    degrees = [round(v * 1e7) for v in (-180.0, -85.0511287, 180.0, 85.0511287)]
    return (b"PMTiles" + struct.pack("<B8Q3Q", 3, *sections, len(tiles), len(entries), contents)
            + struct.pack("<BBBBBB", 1, gzip_code, gzip_code, mvt_code, min(zooms), max(zooms))
            + struct.pack("<4i", *degrees) + struct.pack("<B2i", 5, round(36.5e7), round(52.0e7)))


def build_tiles(features):
    """{(zoom, x, y): tile bytes} of the whole archive; zooms are cut by two processes, the costly ones first."""
    _shared.clear()
    _shared.extend(features)
    tiles = {}
    with multiprocessing.get_context("fork").Pool(2) as pool:
        costly_first = [6, 5, 4, 9, 3, 8, 7, 2, 1, 0]
        for zoom, cut in pool.imap_unordered(_build_zoom, costly_first):
            sizes = [len(data) for data in cut.values()]
            log(f"zoom {zoom}: {len(cut)} tiles, {sum(sizes)} bytes before compression, largest {max(sizes)}")
            tiles.update({(zoom, x, y): data for (x, y), data in cut.items()})
    return tiles


# The features, inherited by the forked processes instead of being sent to them.
_shared = []


def _build_zoom(zoom):
    return zoom, {(x, y): encode_tile(found, x, y) for (x, y), found in cut_zoom(_shared, zoom).items()}
