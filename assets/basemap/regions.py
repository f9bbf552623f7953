"""Writes assets/regions.bin: the outlines of the world's admin-1 regions, of the larger regions above them where ISO 3166-2
has codes for those, and of countries.

Format (little endian; "varint" is LEB128, "zigzag" a signed number folded into one; strings are varint length + UTF-8):

    "DLREGN1\0"                      8 bytes
    u32 regions, u32 arcs            counts
    regions x { code: 8 bytes padded with 0, u32 offset of the record }   sorted by code
    (arcs + 1) x u32                 offsets of the arcs
    records                          country: 2 bytes padded with 0; string name_en; string name_local;
                                     varint label x, y; varint polygons x { varint rings x { varint references x
                                     { zigzag difference of the arc number to the one before; +1 bit: backwards } } }
    arcs                             varint vertices; varint x, y of the first; zigzag dx, dy of each further one

All offsets count from the start of the file. Coordinates are cells of the 2^21 Web Mercator grid (see common.py). The first ring
of a polygon is its outer one. A ring is its arcs joined end to end: the last vertex of each arc is the first of the next. x may
exceed 2^21 where a region goes on past the antimeridian.
"""

import struct
from collections import defaultdict

import numpy as np
import shapely

from admin import representative_point
from common import DETAIL_BOX, GRID_BITS, cell_ground_m, log, project, varint, zigzag
from topology import signed_area, simplify_arcs, vertex_xy

# Countries whose outlines keep every vertex of the source wherever they lie in Europe.
FULL_DETAIL = {"RU", "UA", "BY"}
FAR_TOLERANCE_M = 220.0
NEAR_TOLERANCE_M = 60.0
# Islands smaller than this vanish outside the detailed region, unless the region has nothing larger.
MIN_ISLAND_KM2 = 1.5


def text(string):
    """Varint length and UTF-8 bytes."""
    data = string.encode()
    return varint(len(data)) + data


def arc_tolerances(units, topology):
    """Simplification tolerance of each arc in grid units: 0 (none) for arcs of the countries in FULL_DETAIL inside the detailed region,
    little for other arcs there, more elsewhere."""
    corners = project(np.array([[DETAIL_BOX[0], DETAIL_BOX[3]], [DETAIL_BOX[2], DETAIL_BOX[1]]]))
    (west, north), (east, south) = corners
    # A region keeps its shape however small it is: no vertex moves farther than a fiftieth of its width.
    width = [shapely.transform(u.geometry, project).area ** 0.5 for u in units]
    tolerances = np.zeros(len(topology.arcs))
    for number, arc in enumerate(topology.arcs):
        xy = vertex_xy(arc)
        inside = ((xy[:, 0] > west) & (xy[:, 0] < east) & (xy[:, 1] > north) & (xy[:, 1] < south)).any()
        full = inside and any(units[u].country in FULL_DETAIL for u in topology.users[number])
        if not full:
            metres = NEAR_TOLERANCE_M if inside else FAR_TOLERANCE_M
            largest = min(width[u] for u in topology.users[number]) / 50.0
            tolerances[number] = min(metres / cell_ground_m(float(np.median(xy[:, 1]))), largest)
    return tolerances


def polygons_of(rings, topology, arcs, keep_all):
    """Rings of one region -> polygons (lists of rings of arc references, outer ring first), small islands dropped."""
    outers, holes = [], []
    for ring in rings:
        xy = topology.ring_xy(ring, arcs)
        if len(xy) < 4:
            continue
        area = signed_area(xy)
        if area == 0.0:
            continue
        km2 = abs(area) * (cell_ground_m(float(xy[:, 1].mean())) / 1000.0) ** 2
        (outers if area < 0.0 else holes).append((km2, ring, shapely.Polygon(xy)))
    outers.sort(key=lambda o: -o[0])
    kept = [o for i, o in enumerate(outers) if i == 0 or keep_all or o[0] >= MIN_ISLAND_KM2]
    polygons = [[ring] for _, ring, _ in kept]
    for km2, ring, shape in holes:
        if not keep_all and km2 < MIN_ISLAND_KM2:
            continue
        point = shapely.Point(shape.exterior.coords[0])
        home = [i for i, (size, _, outer) in enumerate(kept) if size > km2 and outer.intersects(point)]
        if home:
            polygons[home[-1]].append(ring)
    return polygons


def record(country, name_en, name_local, label_xy, polygons):
    """Bytes of one region."""
    out = bytearray(country.encode().ljust(2, b"\0"))
    out += text(name_en) + text(name_local) + varint(int(label_xy[0])) + varint(int(label_xy[1]))
    out += varint(len(polygons))
    for rings in polygons:
        out += varint(len(rings))
        for ring in rings:
            out += varint(len(ring))
            previous = 0
            for ref in ring:
                number, backwards = (ref, 0) if ref >= 0 else (~ref, 1)
                out += varint(zigzag(number - previous) << 1 | backwards)
                previous = number
    return bytes(out)


def arc_bytes(arc):
    """Bytes of one arc."""
    xy = vertex_xy(arc)
    out = bytearray(varint(len(xy)) + varint(int(xy[0, 0])) + varint(int(xy[0, 1])))
    for dx, dy in np.diff(xy, axis=0).tolist():
        out += varint(zigzag(dx)) + varint(zigzag(dy))
    return bytes(out)


def label_of(polygons, topology, arcs, wanted):
    """`wanted` (grid x, y) when it lies in the region, else a point well inside its largest polygon."""
    shapes = [shapely.Polygon(topology.ring_xy(p[0], arcs), [topology.ring_xy(r, arcs) for r in p[1:]]) for p in polygons]
    if wanted is not None and any(s.contains(shapely.Point(wanted)) for s in shapes):
        return np.rint(wanted)
    largest = max(shapes, key=lambda s: s.area)
    largest = largest if largest.is_valid else shapely.make_valid(largest)
    largest = max(shapely.get_parts(largest), key=lambda s: s.area)
    return np.rint(representative_point(largest))


def groups_of(units, country_names):
    """(code, country, English name, local name, unit numbers, label) of everything that gets an outline."""
    by_code, by_parent, by_country = defaultdict(list), defaultdict(list), defaultdict(list)
    for number, unit in enumerate(units):
        by_code[unit.code].append(number)
        if unit.country:
            by_country[unit.country].append(number)
        if unit.parent:
            by_parent[unit.parent].append(number)
    for code, members in by_code.items():
        # Several polygons under one code: the one with the fullest name speaks for them when they disagree.
        first = units[members[0]]
        yield code, first.country, first.name_en, first.name_local, members, first.label
    for code, members in by_parent.items():
        if code not in by_code:
            name = units[members[0]].parent_name
            yield code, units[members[0]].country, name, name, members, None
    for country, members in by_country.items():
        name_en, name_local = country_names.get(country, (country, country))
        yield country, country, name_en, name_local, members, None


def write_regions(path, units, topology, country_names):
    """Writes the file; `country_names`: two letters -> (English, local)."""
    arcs = simplify_arcs(topology.arcs, arc_tolerances(units, topology))
    groups = []
    for code, country, name_en, name_local, members, label in groups_of(units, country_names):
        keep_all = country in FULL_DETAIL and code != country
        polygons = polygons_of(topology.dissolve(members), topology, arcs, keep_all)
        if not polygons:
            log("no outline left for", code, name_en)
            continue
        wanted = project(np.array([label]))[0] if label else None
        groups.append((code.encode().ljust(8, b"\0"), country, name_en, name_local,
                       label_of(polygons, topology, arcs, wanted), polygons))
    groups.sort(key=lambda g: g[0])
    groups, used = _renumber(groups)
    _write(path, groups, [arc_bytes(arcs[n]) for n in used])
    log(f"regions.bin: {len(groups)} outlines, {len(used)} arcs, {sum(len(arcs[n]) for n in used)} vertices,",
        path.stat().st_size, "bytes")


def _renumber(groups):
    """Arc numbers in the order of use: neighbours in a ring get neighbouring numbers, unused arcs vanish."""
    number = {}
    out = []
    for *head, polygons in groups:
        renumbered = []
        for rings in polygons:
            renumbered.append([[_signed(number.setdefault(r if r >= 0 else ~r, len(number)), r) for r in ring]
                               for ring in rings])
        out.append((*head, renumbered))
    return out, list(number)


def _signed(number, like):
    return number if like >= 0 else ~number


def _write(path, groups, arc_data):
    index_size = 16 + 12 * len(groups) + 4 * (len(arc_data) + 1)
    records = [record(country, en, local, label, polygons) for _, country, en, local, label, polygons in groups]
    out = bytearray(b"DLREGN1\0" + struct.pack("<II", len(groups), len(arc_data)))
    offset = index_size
    for (code, *_), data in zip(groups, records):
        out += code + struct.pack("<I", offset)
        offset += len(data)
    for data in arc_data:
        out += struct.pack("<I", offset)
        offset += len(data)
    out += struct.pack("<I", offset)
    path.write_bytes(bytes(out) + b"".join(records) + b"".join(arc_data))


assert GRID_BITS == 21, "the format and its reader name the grid"
