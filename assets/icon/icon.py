"""Draws the window's icon: dateline.svg by hand, and from the same shapes dateline.png at 256 px.

A pin of a map with the face of a clock: where, and when. Needs nothing but Python.
"""

import math
import struct
import zlib

SIZE = 256
SAMPLES = 4

GROUND = (0x1F, 0x5F, 0xD0)
PIN = (0xFF, 0xFF, 0xFF)
HANDS = (0x1D, 0x21, 0x28)
FACE = (0xF4, 0xB9, 0x42)

# In units of the 256 px square.
CORNER = 52.0
CENTER = (128.0, 104.0)
RADIUS = 82.0
TIP = (128.0, 240.0)
FACE_RADIUS = 56.0
HAND_WIDTH = 17.0
HAND_ENDS = [(128.0, 68.0), (156.0, 120.0)]


def in_ground(x, y):
    dx = max(CORNER - x, x - (SIZE - CORNER), 0.0)
    dy = max(CORNER - y, y - (SIZE - CORNER), 0.0)
    return math.hypot(dx, dy) <= CORNER


def tangents():
    """Where the pin's sides leave its head: the tangents from the tip to the circle."""
    distance = TIP[1] - CENTER[1]
    angle = math.acos(RADIUS / distance)
    x = RADIUS * math.sin(angle)
    y = RADIUS * math.cos(angle)
    return (CENTER[0] - x, CENTER[1] + y), (CENTER[0] + x, CENTER[1] + y)


def in_pin(x, y):
    if math.hypot(x - CENTER[0], y - CENTER[1]) <= RADIUS:
        return True
    (left, top), (right, _) = tangents()
    if not top <= y <= TIP[1]:
        return False
    share = (y - top) / (TIP[1] - top)
    return left + (TIP[0] - left) * share <= x <= right + (TIP[0] - right) * share


def in_face(x, y):
    return math.hypot(x - CENTER[0], y - CENTER[1]) <= FACE_RADIUS


def in_hands(x, y):
    for end_x, end_y in HAND_ENDS:
        dx, dy = end_x - CENTER[0], end_y - CENTER[1]
        along = max(0.0, min(1.0, ((x - CENTER[0]) * dx + (y - CENTER[1]) * dy) / (dx * dx + dy * dy)))
        if math.hypot(x - CENTER[0] - along * dx, y - CENTER[1] - along * dy) <= HAND_WIDTH / 2:
            return True
    return False


def sample(x, y):
    if not in_ground(x, y):
        return (0, 0, 0, 0)
    if in_hands(x, y):
        return (*HANDS, 255)
    if in_face(x, y):
        return (*FACE, 255)
    if in_pin(x, y):
        return (*PIN, 255)
    return (*GROUND, 255)


def pixel(column, row):
    total = [0, 0, 0, 0]
    for i in range(SAMPLES):
        for j in range(SAMPLES):
            r, g, b, a = sample(column + (i + 0.5) / SAMPLES, row + (j + 0.5) / SAMPLES)
            total = [total[0] + r * a, total[1] + g * a, total[2] + b * a, total[3] + a]
    alpha = total[3]
    colour = [round(channel / alpha) if alpha else 0 for channel in total[:3]]
    return bytes([*colour, round(alpha / SAMPLES**2)])


def png():
    rows = b"".join(b"\0" + b"".join(pixel(column, row) for column in range(SIZE)) for row in range(SIZE))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", SIZE, SIZE, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def svg():
    (left, top), (right, _) = tangents()
    hexed = lambda colour: "#%02x%02x%02x" % colour
    hands = "".join(f"M{CENTER[0]:g} {CENTER[1]:g}L{x:g} {y:g}" for x, y in HAND_ENDS)
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}">
  <rect width="{SIZE}" height="{SIZE}" rx="{CORNER:g}" fill="{hexed(GROUND)}"/>
  <path d="M{left:.2f} {top:.2f}A{RADIUS:g} {RADIUS:g} 0 1 1 {right:.2f} {top:.2f}L{TIP[0]:g} {TIP[1]:g}Z" fill="{hexed(PIN)}"/>
  <circle cx="{CENTER[0]:g}" cy="{CENTER[1]:g}" r="{FACE_RADIUS:g}" fill="{hexed(FACE)}"/>
  <path d="{hands}" stroke="{hexed(HANDS)}" stroke-width="{HAND_WIDTH:g}" stroke-linecap="round"/>
</svg>
"""


with open("dateline.svg", "w", encoding="utf-8") as file:
    file.write(svg())
with open("dateline.png", "wb") as file:
    file.write(png())
