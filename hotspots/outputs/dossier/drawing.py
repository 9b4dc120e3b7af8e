"""The map of a dossier as a PNG: drawn here, without a tile server, a font or another host.

Everything is told apart by more than colour: a thick line, a hatch, a dot, a number.
"""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

    Picture = npt.NDArray[np.uint8]
    Mask = npt.NDArray[np.bool_]

Look = Literal["street", "hotspot", "outline", "proposed", "chosen", "boundary", "camera"]
"""What a shape stands for."""

WIDTH_PX = 1200
"""Width of the drawing: some 180 dots per inch on A4."""

_FINER = 2  # drawn finer and averaged, for smooth edges
_MARGIN = 0.06
_LEAST_M = 60.0
_BAR_SHARE = 0.3
_PAPER, _INK = (255, 255, 255), (27, 31, 36)


@dataclass(frozen=True, slots=True)
class Layer:
    """Shapes that stand for the same, in metres."""

    look: Look
    shapes: "Sequence[BaseGeometry]"


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is on a map, from below to above, and numbers at points; `bounds` is what it frames."""

    bounds: tuple[float, float, float, float]
    layers: Sequence[Layer]
    numbers: Sequence[tuple[int, float, float]] = ()

    def has(self, look: Look) -> bool:
        """Whether anything on the map has this look."""
        return any(layer.look == look and len(layer.shapes) for layer in self.layers)


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where the map lies on the paper; a metre is `per_m` dots."""

    left: float
    top: float
    per_m: float
    width: int
    height: int


def scale_bar_m(drawn: Drawn) -> int:
    """Return the length of the scale bar in metres: 1, 2 or 5 times a power of ten."""
    left, _, right, _ = _framed(drawn.bounds)
    most = (right - left) * _BAR_SHARE
    return max(
        (step * 10**power for power in range(6) for step in (1, 2, 5) if step * 10**power <= most),
        default=10,
    )


def draw(drawn: Drawn) -> bytes:
    """Return the map as a PNG, north up, with a scale bar; the same map gives the same bytes."""
    import numpy as np

    frame = _frame_of(drawn.bounds)
    picture = np.full((frame.height, frame.width, 3), _PAPER, dtype=np.uint8)
    for layer in drawn.layers:
        _paint(picture, layer, frame)
    for number, x, y in drawn.numbers:
        column, row = (x - frame.left) * frame.per_m, (frame.top - y) * frame.per_m
        _stamp(picture, number, int(row), int(column))
    _scale_bar(picture, scale_bar_m(drawn) * frame.per_m)
    summed = np.zeros((frame.height // _FINER, frame.width // _FINER, 3), dtype=np.uint16)
    for row in range(_FINER):
        for column in range(_FINER):
            summed += picture[row::_FINER, column::_FINER]
    return _png((summed // _FINER**2).astype(np.uint8))


def _framed(bounds: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """Return bounds with a margin, neither tiny nor a thin strip."""
    left, low, right, high = bounds
    width = max(right - left, (high - low) * 0.75, _LEAST_M) * (1 + 2 * _MARGIN)
    height = max(high - low, (right - left) * 0.45, _LEAST_M) * (1 + 2 * _MARGIN)
    x, y = (left + right) / 2, (low + high) / 2
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _frame_of(bounds: tuple[float, float, float, float]) -> _Frame:
    left, low, right, high = _framed(bounds)
    width = WIDTH_PX * _FINER
    per_m = width / (right - left)
    height = max(round((high - low) * per_m / _FINER), 1) * _FINER
    return _Frame(left, high, per_m, width, height)


# ---------------------------------------------------------------- shapes
def _paint(picture: "Picture", layer: Layer, frame: _Frame) -> None:
    line, fill, hatch = _STYLE[layer.look]
    if fill is not None:
        inside = _mask(layer.shapes, frame)
        if hatch:
            inside &= _stripes(inside.shape, hatch)
        picture[inside] = fill
    if line is not None:
        width_px, colour = line
        edges = [_line_of(shape, width_px / frame.per_m / 2) for shape in layer.shapes]
        picture[_mask(edges, frame)] = colour


def _line_of(shape: "BaseGeometry", half_m: float) -> "BaseGeometry":
    """Return the ground that a line of a width covers; a point becomes a dot of that width."""
    edge = shape.boundary if shape.geom_type in ("Polygon", "MultiPolygon") else shape
    covered: BaseGeometry = edge.buffer(half_m)
    return covered


def _mask(shapes: "Sequence[BaseGeometry]", frame: _Frame) -> "Mask":
    import numpy as np
    from rasterio import Affine
    from rasterio.features import rasterize

    drawn = [shape for shape in shapes if not shape.is_empty]
    if not drawn:
        return np.zeros((frame.height, frame.width), dtype=np.bool_)
    size_m = 1 / frame.per_m
    burnt = rasterize(
        drawn,
        out_shape=(frame.height, frame.width),
        transform=Affine(size_m, 0.0, frame.left, 0.0, -size_m, frame.top),
        dtype="uint8",
    )
    mask: Mask = burnt.astype(np.bool_)
    return mask


def _stripes(shape: tuple[int, ...], every_px: int) -> "Mask":
    import numpy as np

    row, column = np.ogrid[: shape[0], : shape[1]]
    stripes: Mask = (row + column) % every_px < every_px // 3
    return stripes


_Colour = tuple[int, int, int]
_STYLE: dict[Look, tuple[tuple[float, _Colour] | None, _Colour | None, int]] = {
    "street": ((4, (176, 182, 189)), None, 0),
    "hotspot": ((3, (194, 65, 12)), (240, 165, 138), 24),
    "outline": ((2, (176, 182, 189)), None, 0),
    "proposed": ((4, (75, 83, 92)), (198, 214, 232), 24),
    "chosen": ((6, (18, 58, 99)), (142, 184, 220), 0),
    "boundary": ((12, (18, 58, 99)), None, 0),
    "camera": ((26, (27, 31, 36)), None, 0),
}
"""Line (dots wide, colour), fill and distance of the hatch in dots, per look."""

# ---------------------------------------------------------------- numbers
_DIGITS = (
    "111101101101111", "010110010010111", "111001111100111", "111001111001111",
    "101101111001001", "111100111001111", "111100111101111", "111001001001001",
    "111101111101111", "111101111001111",
)  # fmt: skip
"""Digits of three dots wide and five high, row by row."""
_DOT_PX = 7


def _stamp(picture: "Picture", number: int, row: int, column: int) -> None:
    """Write a number in a white box with its middle at a dot of the picture."""
    import numpy as np

    glyphs = [
        np.array(list(_DIGITS[int(digit)])).reshape(5, 3) == "1" for digit in str(abs(number))
    ]
    gap = np.zeros((5, 1), dtype=np.bool_)
    columns = [part for glyph in glyphs for part in (glyph, gap)][:-1]
    ink = np.pad(np.hstack(columns), 1)
    box = np.where(np.kron(ink, np.ones((_DOT_PX, _DOT_PX), dtype=np.uint8))[..., None], _INK, 255)
    top, left = row - box.shape[0] // 2, column - box.shape[1] // 2
    bottom, right = top + box.shape[0], left + box.shape[1]
    if top >= 0 and left >= 0 and bottom <= picture.shape[0] and right <= picture.shape[1]:
        picture[top:bottom, left:right] = box


def _scale_bar(picture: "Picture", length_px: float) -> None:
    """Draw a bar of a length at the bottom left, half of it black."""
    height, edge = 18, 30
    bottom, left, length = picture.shape[0] - edge, edge, round(length_px)
    picture[bottom - height - 4 : bottom + 4, left - 4 : left + length + 4] = _PAPER
    picture[bottom - height : bottom, left : left + length] = _INK
    picture[bottom - height + 3 : bottom - 3, left + length // 2 : left + length - 3] = _PAPER


# ---------------------------------------------------------------- file
def _png(pixels: "Picture") -> bytes:
    """Return 8-bit RGB pixels as a PNG without a date or a program in it."""
    height, width, _ = pixels.shape
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in parts)


def _chunk(name: bytes, content: bytes) -> bytes:
    check = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)
