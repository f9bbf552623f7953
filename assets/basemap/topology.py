"""Polygons that share borders -> arcs that are stored, simplified and compared once.

An arc is a run of border between two nodes; a node is a vertex where the number of distinct neighbours is not two.
Two polygons that touch use the same arc, in opposite directions, so whatever is done to an arc (simplifying it,
dashing it) is done to both sides and no gap can open. The idea is that of the TopoJSON format.
"""

from collections import defaultdict

import numpy as np
import shapely

from common import GRID, project


def _ring_ids(ring_xy):
    """Vertex ids (y * 2^23 + x) of a closed ring on the grid without repeats and spikes, or None when it has no area.

    x may exceed the grid's width a little (regions drawn on past the antimeridian), never 2^23."""
    ids = (ring_xy[:, 1].astype(np.int64) << 23) + ring_xy[:, 0].astype(np.int64)
    ids = ids[:-1] if ids[0] == ids[-1] else ids
    out = []
    for v in ids.tolist():
        if out and out[-1] == v:
            continue
        out.append(v)
        while len(out) >= 3 and out[-1] == out[-3]:  # a-b-a: a spike that rounding left
            del out[-2:]
    while len(out) > 1 and out[0] == out[-1]:
        out.pop()
    while len(out) >= 3 and out[1] == out[-1]:
        del out[0], out[-1]
    return out if len(out) >= 3 else None


def vertex_xy(ids):
    """Grid x, y (n x 2 integers) of vertex ids."""
    ids = np.asarray(ids, dtype=np.int64)
    return np.stack([ids & 0x7FFFFF, ids >> 23], axis=-1)


def signed_area(xy):
    """Shoelace area of a closed ring on the grid."""
    x, y = xy[:, 0].astype(float), xy[:, 1].astype(float)
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum()) / 2.0


class Topology:
    """Arcs of many polygons. `rings[u]` lists, for unit u, its rings as lists of signed arc references:
    arc number n forwards is n, backwards is ~n. `arcs[n]` holds vertex ids from node to node."""

    def __init__(self, geometries):
        """`geometries`: shapely polygons or multipolygons in degrees, one per unit."""
        unit_rings = [self._quantised_rings(g) for g in geometries]
        nodes = self._nodes(ring for rings in unit_rings for ring in rings)
        self.arcs = []
        self._arc_number = {}
        self.rings = [[self._cut(ring, nodes) for ring in rings] for rings in unit_rings]
        self.users = [[] for _ in self.arcs]
        for unit, rings in enumerate(self.rings):
            for ring in rings:
                for ref in ring:
                    self.users[ref if ref >= 0 else ~ref].append(unit)

    @staticmethod
    def _quantised_rings(geometry):
        rings = []
        for polygon in shapely.get_parts(geometry):
            for outer, ring in [(True, polygon.exterior)] + [(False, r) for r in polygon.interiors]:
                xy = np.rint(project(shapely.get_coordinates(ring))).astype(np.int64)
                # The land on the same side of every ring, so that neighbours run along their border in opposite
                # directions. Outer rings get a negative area (y grows downward).
                if (signed_area(xy) < 0) != outer:
                    xy = xy[::-1]
                ids = _ring_ids(xy)
                if ids:
                    rings.append(ids)
        return rings

    @staticmethod
    def _nodes(rings):
        neighbours = defaultdict(set)
        for ring in rings:
            previous, current = ring[-2], ring[-1]
            for following in ring:
                neighbours[current].update((previous, following))
                previous, current = current, following
        return {v for v, n in neighbours.items() if len(n) != 2}

    def _cut(self, ring, nodes):
        starts = [i for i, v in enumerate(ring) if v in nodes]
        if not starts:
            start = ring.index(min(ring))
            starts = [start]
        refs = []
        for here, there in zip(starts, starts[1:] + [starts[0] + len(ring)]):
            run = [ring[i % len(ring)] for i in range(here, there + 1)]
            refs.append(self._number(tuple(run)))
        return refs

    def _number(self, run):
        if run in self._arc_number:
            return self._arc_number[run]
        backwards = run[::-1]
        if backwards in self._arc_number:
            return ~self._arc_number[backwards]
        self._arc_number[run] = len(self.arcs)
        self.arcs.append(np.array(run, dtype=np.int64))
        return self._arc_number[run]

    def dissolve(self, units):
        """The outline of several units together: rings (lists of arc references). Arcs used in both directions
        lie inside and vanish."""
        uses = defaultdict(int)
        for unit in units:
            for ring in self.rings[unit]:
                for ref in ring:
                    uses[ref] += 1
        following = defaultdict(list)
        for ref, count in uses.items():
            for _ in range(count - min(count, uses.get(~ref, 0))):
                following[self._end(~ref)].append(ref)
        return self._stitch(following)

    def _end(self, ref):
        return int(self.arcs[ref][-1]) if ref >= 0 else int(self.arcs[~ref][0])

    def _stitch(self, following):
        """Closed walks through `following` (start vertex -> arc references), each split where it touches itself."""
        rings = []
        for start in sorted(following):
            while following[start]:
                walk, at = [], start
                seen = {start: 0}
                while True:
                    if not following[at]:
                        break
                    ref = following[at].pop()
                    walk.append(ref)
                    at = self._end(ref)
                    if at in seen:
                        loop = walk[seen[at]:]
                        del walk[seen[at]:]
                        rings.append(loop)
                        seen = {self._end(~r): i for i, r in enumerate(walk)}
                        seen[at] = len(walk)
                        if not walk:
                            break
                    else:
                        seen[at] = len(walk)
        return rings

    def ring_xy(self, ring, arcs=None):
        """Grid coordinates of a ring of arc references, closed."""
        arcs = self.arcs if arcs is None else arcs
        runs = [(arcs[r] if r >= 0 else arcs[~r][::-1])[:-1] for r in ring]
        ids = np.concatenate(runs + [runs[0][:1]])
        return vertex_xy(ids)


def simplify_arcs(arcs, tolerance):
    """Douglas-Peucker on each arc with its own tolerance (grid units); ends stay. A closed arc is cut at the vertex
    farthest from its start first, so that it cannot fold up."""
    out = list(arcs)
    open_runs, owner = [], []
    for number, arc in enumerate(arcs):
        if tolerance[number] <= 0 or len(arc) <= 2:
            continue
        xy = vertex_xy(arc)
        if arc[0] == arc[-1]:
            far = int(np.argmax(((xy - xy[0]) ** 2).sum(axis=1)))
            pieces = [xy[: far + 1], xy[far:]]
        else:
            pieces = [xy]
        for piece in pieces:
            open_runs.append(piece)
            owner.append(number)
    if not open_runs:
        return out
    index = np.repeat(np.arange(len(open_runs)), [len(r) for r in open_runs])
    lines = shapely.linestrings(np.concatenate(open_runs).astype(float), indices=index)
    limits = np.array([tolerance[n] for n in owner], dtype=float)
    simple = shapely.simplify(lines, limits, preserve_topology=False)
    joined = defaultdict(list)
    for number, line in zip(owner, simple):
        xy = np.rint(shapely.get_coordinates(line)).astype(np.int64)
        ids = (xy[:, 1] << 23) + xy[:, 0]
        joined[number].append(ids if not joined[number] else ids[1:])
    for number, parts in joined.items():
        out[number] = np.concatenate(parts)
    return out


def join_across_antimeridian(polygon):
    """A (multi)polygon cut at the 180th meridian, in one piece: its western-hemisphere parts move 360 degrees east."""
    parts = [shapely.transform(p, lambda c: c + [360.0, 0.0]) if shapely.bounds(p)[0] < -120.0 else p
             for p in shapely.get_parts(polygon)]
    return shapely.union_all(parts)


assert GRID < 1 << 22
