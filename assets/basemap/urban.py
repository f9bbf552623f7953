"""Built-up areas: Natural Earth's 50m urban areas from Marble's PN2 file -> layer `landcover`, kind urban_area.

PN2, version 2, big endian: u8 version, u32 polygons, u8 whether colours are stored; then per polygon u8 flag, u32 id (one more byte of colour
when the id changes and colours are stored) and rings: u32 absolute nodes, each i16 lat, i16 lon (1/120 degree), i16 count of
relative nodes, each i8 dlat, i8 dlon from the absolute node. Flag 4 holds several rings, each with its own flag and id.
"""

import struct

import numpy as np
import shapely

from common import project
from tiler import Feature

LINE, OUTER, INNER, SEVERAL = 0, 1, 2, 4


def features(inputs):
    """Urban polygons, as filled rings."""
    for flag, ring in _rings(inputs.urban_areas.read_bytes()):
        if flag == LINE or len(ring) < 4:
            continue
        polygon = shapely.make_valid(shapely.Polygon(np.rint(project(np.array(ring)))))
        for part in shapely.get_parts(polygon):
            if part.geom_type == "Polygon" and part.area > 0:
                yield Feature("landcover", part, {"kind": "urban_area"}, 4, min_size_px=2.0)


def _rings(data):
    version, count, coloured = struct.unpack_from(">BIB", data)
    assert version == 2, "another version of the PN2 format"
    at, previous = 6, 0
    for _ in range(count):
        if at >= len(data):
            return
        flag, number = struct.unpack_from(">BI", data, at)
        at += 5 + (1 if coloured and number != previous else 0)
        previous = number
        if flag != SEVERAL:
            ring, at = _ring(data, at)
            yield flag, ring
            continue
        parts = data[at]
        at += 1
        for _ in range(parts):
            flag = data[at]
            ring, at = _ring(data, at + 5)
            yield flag, ring


def _ring(data, at):
    absolute, = struct.unpack_from(">I", data, at)
    at += 4
    points = []
    for _ in range(absolute):
        lat, lon, relative = struct.unpack_from(">hhh", data, at)
        at += 6
        points.append((lon / 120.0, lat / 120.0))
        for _ in range(relative):
            dlat, dlon = struct.unpack_from(">bb", data, at)
            at += 2
            points.append(((lon + dlon) / 120.0, (lat + dlat) / 120.0))
    return points, at
