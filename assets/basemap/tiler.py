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

from common import DETAIL_BOX, DETAIL_MAX_ZOOM, EXTENT, GRID, GRID_BITS, WORLD_MAX_ZOOM, log, project, varint, zigzag

# Tile units beyond a tile's edge that are still drawn into it: wider than any line, so no seam shows.
BUFFER = 80
GZIP_LEVEL = 12
# Kinds of geometry on the way to a tile.
POINT, LINE, MULTILINE, POLYGON = "point", "line", "multiline", "polygon"
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
    """{(x, y): [(feature, kind, parts in tile units of the world)]} of one zoom. A part is one point, one line, or one polygon
    as a list of closed rings, the outer one first."""
    x0, y0, x1, y1 = tiles_of_zoom(zoom)
    visible = [f for f in features if f.min_zoom <= zoom <= f.max_zoom]
    visible.sort(key=lambda f: (LAYERS.index(f.layer), f.order))
    window = (x0 * EXTENT - BUFFER, y0 * EXTENT - BUFFER, (x1 + 1) * EXTENT + BUFFER, (y1 + 1) * EXTENT + BUFFER)
    world = float(EXTENT << zoom)
    items = []
    for number, feature in enumerate(visible):
        for kind, runs in _at_zoom(feature, zoom):
            item = _Item(number, kind, runs)
            west, _, east, _ = item.box
            found = [item]
            # What lies just beyond the antimeridian is drawn into the buffer of the tiles this side of it.
            if east - world >= -BUFFER:
                found.append(_Item(number, kind, [r - [world, 0] for r in runs]))
            if west + world <= world + BUFFER:
                found.append(_Item(number, kind, [r + [world, 0] for r in runs]))
            items += [part for part in (_clipped(f, window) for f in found) if part]
    tiles = {}
    _descend(items, 0, 0, zoom, (x0, y0, x1, y1), tiles)
    return {key: [(visible[i.number], i.kind, i.runs) for i in found] for key, found in tiles.items()}


def _at_zoom(feature, zoom):
    """(kind, runs) of each part of a feature: arrays of whole tile units, simplified; nothing where it is too small to see."""
    scale = 2.0 ** (zoom + 12 - GRID_BITS)
    if feature.geometry.geom_type == "Point":
        yield POINT, [np.rint(shapely.get_coordinates(feature.geometry) * scale)]
        return
    least = feature.min_size_px * EXTENT / 512.0
    for part in shapely.get_parts(feature.geometry):
        polygon = part.geom_type == "Polygon"
        lines = shapely.get_rings(part) if polygon else np.array([part])
        west, north, east, south = (shapely.bounds(lines) * scale).T
        size = np.maximum(east - west, south - north)
        if size[0] < least:
            continue
        lines = lines[size >= least]
        lines = shapely.linestrings(shapely.get_coordinates(lines) * scale,
                                    indices=np.repeat(np.arange(len(lines)), shapely.get_num_coordinates(lines)))
        runs = [_distinct(np.rint(shapely.get_coordinates(l)))
                for l in shapely.simplify(lines, tolerance_units(zoom), preserve_topology=False)]
        if polygon:
            runs = [_turned(r, outer=i == 0) for i, r in enumerate(runs) if i == 0 or len(r) >= 4]
        if len(runs[0]) >= (4 if polygon else 2):
            yield (POLYGON if polygon else LINE), runs


def _turned(ring, outer):
    """Outer rings get a positive area in tile axes, holes a negative one, as the tile format asks for."""
    return ring if (_area(ring) > 0) == outer else ring[::-1]


def _distinct(xy):
    """Without vertices that repeat the one before."""
    if len(xy) < 2:
        return xy
    return xy[np.concatenate([[True], (np.diff(xy, axis=0) != 0).any(axis=1)])]


class _Item:
    """A part on its way down to the tiles: the number of its feature, kind, runs, and the box around each run."""

    __slots__ = ("number", "kind", "runs", "boxes", "box")

    def __init__(self, number, kind, runs, boxes=None):
        self.number, self.kind, self.runs = number, kind, runs
        # The first run of a polygon is its outer ring; lines that were cut up have several equals.
        self.boxes = [_box(r) for r in runs] if boxes is None else boxes
        if kind == MULTILINE:
            low, high = zip(*((b[:2], b[2:]) for b in self.boxes))
            self.box = (min(l[0] for l in low), min(l[1] for l in low), max(h[0] for h in high), max(h[1] for h in high))
        else:
            self.box = self.boxes[0]


def _box(run):
    if len(run) == 1:
        x, y = run[0].tolist()
        return x, y, x, y
    return (*run.min(axis=0).tolist(), *run.max(axis=0).tolist())


def _apart(a, b):
    return a[0] > b[2] or a[2] < b[0] or a[1] > b[3] or a[3] < b[1]


def _within(a, b):
    return a[0] >= b[0] and a[2] <= b[2] and a[1] >= b[1] and a[3] <= b[3]


def _clipped(item, box):
    """The part of an item inside a box (west, north, east, south), or None."""
    if _apart(item.box, box):
        return None
    if _within(item.box, box):
        return item
    if item.kind == POLYGON:
        return _clipped_polygon(item, box)
    lines = []
    for run, extent in zip(item.runs, item.boxes):
        if _within(extent, box):
            lines.append(run)
        elif not _apart(extent, box):
            pieces = shapely.get_parts(shapely.clip_by_rect(shapely.LineString(run), *box))
            cut = (_distinct(np.rint(shapely.get_coordinates(p))) for p in pieces if p.geom_type == "LineString")
            lines += [l for l in cut if len(l) >= 2]
    return _Item(item.number, MULTILINE, lines) if lines else None


def _clipped_polygon(item, box):
    outer = clip_ring(item.runs[0], box)
    if outer is None:
        return None
    whole = 2.0 * (box[2] - box[0]) * (box[3] - box[1])
    rings, boxes = [outer], [_box(outer)]
    for hole, extent in zip(item.runs[1:], item.boxes[1:]):
        if _apart(extent, box):
            continue
        if not _within(extent, box):
            hole = clip_ring(hole, box)
            if hole is None:
                continue
            if -_area(hole) >= whole:
                return None  # the box lies in a hole
            extent = _box(hole)
        rings.append(hole)
        boxes.append(extent)
    return _Item(item.number, POLYGON, rings, boxes)


def clip_ring(ring, box):
    """Sutherland and Hodgman's clipping of a closed ring against a box ("Reentrant polygon clipping", 1974). How often a ring
    winds around a point inside the box does not change, whatever the ring's shape; edges may run along the box's sides."""
    for axis, limit, keep_below in ((0, box[0], False), (0, box[2], True), (1, box[1], False), (1, box[3], True)):
        value = ring[:, axis]
        inside = value <= limit if keep_below else value >= limit
        if inside.all():
            continue
        if not inside.any():
            return None
        ring = _clip_side(ring, inside, axis, limit)
        if len(ring) < 4:
            return None
    ring = _distinct(np.rint(ring))
    return ring if len(ring) >= 4 and _area(ring) != 0.0 else None


def _clip_side(ring, inside, axis, limit):
    start, end = ring[:-1], ring[1:]
    crossing = inside[:-1] != inside[1:]
    delta = end[:, axis] - start[:, axis]
    along = np.divide(limit - start[:, axis], delta, out=np.zeros(len(delta)), where=crossing)
    cut = start + along[:, None] * (end - start)
    cut[:, axis] = limit
    # Each edge gives its start when that is inside, then the crossing when there is one.
    both = np.stack([start, cut], axis=1).reshape(-1, 2)
    wanted = np.stack([inside[:-1], crossing], axis=1).reshape(-1)
    out = both[wanted]
    return np.concatenate([out, out[:1]])


def _descend(items, x, y, depth, wanted, tiles):
    """Halves the world until single tiles are left. `depth`: how many halvings remain."""
    x0, y0, x1, y1 = wanted
    first_x, first_y = x << depth, y << depth
    last_x, last_y = ((x + 1) << depth) - 1, ((y + 1) << depth) - 1
    if not items or last_x < x0 or first_x > x1 or last_y < y0 or first_y > y1:
        return
    box = (first_x * EXTENT - BUFFER, first_y * EXTENT - BUFFER, (last_x + 1) * EXTENT + BUFFER, (last_y + 1) * EXTENT + BUFFER)
    inside = [c for c in (_clipped(item, box) for item in items) if c]
    if depth == 0:
        tiles[(x, y)] = inside
        return
    for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
        _descend(inside, x * 2 + dx, y * 2 + dy, depth - 1, wanted, tiles)


# ---- Mapbox vector tiles --------------------------------------------------------------------------------------------


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
    """Bytes of one tile from what `cut_zoom` found for it."""
    layers = {}
    for feature, kind, runs in found:
        geometry_type, commands = _commands(kind, runs, x * EXTENT, y * EXTENT)
        layer = layers.setdefault(feature.layer, _Layer())
        tags = bytearray()
        for key, value in feature.properties.items():
            tags += varint(layer.keys.setdefault(key, len(layer.keys)))
            tags += varint(layer.values.setdefault((type(value), value), len(layer.values)))
        layer.features.append(_chunk(2, bytes(tags)))
        layer.features[-1] += _number(3, geometry_type) + _chunk(4, commands)
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
        return _number(6, zigzag(value))
    return _chunk(1, value.encode())


def _commands(kind, runs, x0, y0):
    """(geometry type, command bytes) of the parts of a feature in one tile."""
    pen = [x0, y0]
    out = bytearray()
    for run in runs:
        xy = run.astype(np.int64)
        if kind == POINT:
            out += varint(1 << 3 | 1) + _moves(xy, pen)
        elif kind == POLYGON:
            out += _line(xy[:-1], pen) + varint(1 << 3 | 7)
        else:
            out += _line(xy, pen)
    return {POINT: 1, LINE: 2, MULTILINE: 2, POLYGON: 3}[kind], bytes(out)


def _area(xy):
    """Twice the signed area of a closed ring."""
    x, y = xy[:, 0], xy[:, 1]
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum())


def _line(xy, pen):
    return varint(1 << 3 | 1) + _moves(xy[:1], pen) + varint((len(xy) - 1) << 3 | 2) + _moves(xy[1:], pen)


def _moves(xy, pen):
    out = bytearray()
    for px, py in xy.tolist():
        out += varint(zigzag(px - pen[0])) + varint(zigzag(py - pen[1]))
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
