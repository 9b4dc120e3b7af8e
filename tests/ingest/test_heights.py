"""Height models: what is unknown stays unknown, and what does not fit is refused with a remedy."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import rasterio
from rasterio.transform import Affine
from shapely import box

from hotspots.errors import InputRefused
from hotspots.ingest.heights import ingest_heights
from hotspots.ingest.mapping import Mapping
from hotspots.ingest.result import Ingested
from hotspots.policy.intake import Limits

RD = "EPSG:28992"
TOWN = box(90_000, 450_000, 93_000, 452_000)
NAN = float("nan")


def corner(west: float, north: float, width: float, height: float) -> Affine:
    """Return the transform of cells of this size from their north-western corner."""
    return Affine(width, 0, west, 0, -height, north)


CORNER = corner(90_000, 451_000, 1, 1)


def take(path: Path, ground: Path | None = None, *, limits: Limits | None = None) -> Ingested:
    return ingest_heights(
        path, ground=ground, mapping=Mapping(), crs=RD, area=TOWN, limits=limits or Limits()
    )


def saved(folder: Path, heights: npt.NDArray[Any], name: str = "dsm.tif", **profile: Any) -> Path:
    bands = heights if heights.ndim == 3 else heights[None]
    given: dict[str, Any] = {
        "driver": "GTiff",
        "dtype": bands.dtype.name,
        "count": len(bands),
        "height": bands.shape[1],
        "width": bands.shape[2],
        "crs": RD,
        "transform": CORNER,
    }
    with rasterio.open(folder / name, "w", **(given | profile)) as raster:
        raster.write(bands)
    return folder / name


def hilly(rows: int = 600, columns: int = 700) -> npt.NDArray[np.float32]:
    """Return heights over more than one block, unknown here and there."""
    heights = np.random.default_rng(5).uniform(-4, 60, (rows, columns)).astype(np.float32)
    heights[heights > 50] = np.nan
    return heights


def kept(found: Ingested, name: str, folder: Path) -> Path:
    path = folder / f"kept_{name}"
    found.files[name](path)
    return path


@pytest.mark.parametrize("nodata", [NAN, -9999.0, 3.4028234663852886e38])
def test_heights_are_kept_as_they_are_and_the_unknown_stays_unknown(
    nodata: float, tmp_path: Path
) -> None:
    heights = hilly()
    delivered = np.where(np.isnan(heights), np.float32(nodata), heights)
    found = take(saved(tmp_path, delivered, nodata=nodata))
    with rasterio.open(kept(found, "surface.tif", tmp_path)) as raster:
        np.testing.assert_array_equal(raster.read(1), heights)
        assert np.isnan(raster.nodata)
        assert (raster.crs.to_epsg(), raster.dtypes, raster.count) == (28992, ("float32",), 1)
        assert raster.transform == CORNER
    (row,) = found.facts.to_dict("records")
    assert row["unknown_share"] == pytest.approx(np.isnan(heights).mean())
    assert np.isnan(row["ground_unknown_share"])
    assert (row["rows"], row["columns"], row["cell_size_m"]) == (600, 700, 1)
    assert row["geometry"].bounds == (90_000, 450_400, 90_700, 451_000)
    assert (found.read, found.accepted) == (1, 1)


def test_the_ground_goes_with_it_and_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    surface = saved(tmp_path, np.full((20, 30), 9, np.float32))
    below = np.full((20, 30), 2, np.float32)
    below[:10] = np.nan
    found = take(surface, saved(tmp_path, below, "dtm.tif", nodata=NAN))
    assert found.facts["ground_unknown_share"].tolist() == [0.5]
    assert set(found.files) == {"surface.tif", "ground.tif"}
    first, second = (tmp_path / name for name in ("a.tif", "b.tif"))
    found.files["ground.tif"](first)
    found.files["ground.tif"](second)
    assert first.read_bytes() == second.read_bytes()
    assert found.sha256 != take(surface).sha256


def test_whole_numbers_are_read_where_they_say_what_is_unknown(tmp_path: Path) -> None:
    heights = np.array([[3, -99], [7, 12]], np.int16)
    with rasterio.open(
        kept(take(saved(tmp_path, heights, nodata=-99)), "surface.tif", tmp_path)
    ) as raster:
        np.testing.assert_array_equal(raster.read(1), [[3, NAN], [7, 12]])
    with pytest.raises(InputRefused, match="Whole numbers"):
        take(saved(tmp_path, heights))


def test_heights_above_nap_beside_rd_are_in_rd(tmp_path: Path) -> None:
    assert take(saved(tmp_path, np.ones((4, 4), np.float32), crs="EPSG:7415")).accepted == 1


FLAT = np.ones((4, 6), np.float32)
REFUSED: dict[str, tuple[npt.NDArray[Any], dict[str, Any], str]] = {
    "another system": (FLAT, {"crs": "EPSG:32631"}, "gdalwarp -t_srs EPSG:28992"),
    "degrees": (FLAT, {"crs": "EPSG:4326", "transform": corner(4, 52, 1e-5, 1e-5)}, "28992"),
    "none": (FLAT, {"crs": None}, "reference system"),
    "no square": (FLAT, {"transform": corner(90_000, 451_000, 1, 2)}, "square"),
    "turned": (
        FLAT,
        {"transform": Affine(0.98, 0.17, 90_000, 0.17, -0.98, 451_000)},
        "square cells with north up",
    ),
    "south up": (FLAT, {"transform": Affine(1, 0, 90_000, 0, 1, 450_000)}, "north up"),
    "coarse": (FLAT, {"transform": corner(90_000, 451_000, 25, 25)}, "at most 5 m"),
    "bands": (np.ones((3, 4, 6), np.float32), {}, "one band"),
    "elsewhere": (FLAT, {"transform": corner(120_000, 451_000, 1, 1)}, "outside"),
    "centimetres": (FLAT * 12_000, {}, "in metres"),
    "unstated": (np.where(np.eye(4, 6) > 0, np.float32(-9999), FLAT), {}, "nodata"),
    "nothing": (FLAT * np.float32(NAN), {"nodata": NAN}, "no height"),
}


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_fit_is_refused_with_a_remedy(case: str, tmp_path: Path) -> None:
    heights, profile, told = REFUSED[case]
    path = saved(tmp_path, heights, **profile)
    with pytest.raises(InputRefused) as refusal:
        take(path)
    (problem,) = refusal.value.problems
    assert told in str(problem)
    assert problem.file == "dsm.tif"
    assert problem.remedy


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    heights = np.ones((2, 4, 6), np.int16)
    path = saved(tmp_path, heights, crs="EPSG:32631")
    with pytest.raises(InputRefused) as refusal:
        take(path)
    assert len(refusal.value.problems) == 3


@pytest.mark.parametrize(
    "profile",
    [
        {"transform": corner(90_001, 451_000, 1, 1)},
        {"transform": corner(90_000, 451_000, 0.5, 0.5)},
    ],
)
def test_a_ground_on_other_cells_is_refused(profile: dict[str, Any], tmp_path: Path) -> None:
    surface = saved(tmp_path, FLAT)
    with pytest.raises(InputRefused, match="Resample one"):
        take(surface, saved(tmp_path, FLAT, "dtm.tif", **profile))
    with pytest.raises(InputRefused, match="Resample one"):
        take(surface, saved(tmp_path, FLAT[:, :5], "dtm.tif"))


def test_surface_and_ground_given_the_other_way_round_are_refused(tmp_path: Path) -> None:
    surface, ground = saved(tmp_path, FLAT * 12), saved(tmp_path, FLAT * 2, "dtm.tif")
    assert take(surface, ground).accepted == 1
    with pytest.raises(InputRefused, match="the other way round"):
        take(ground, surface)


def test_what_is_no_raster_or_too_large_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "dsm.tif"
    text.write_text("1 2 3")
    with pytest.raises(InputRefused, match="cannot be read as a GeoTIFF"):
        take(text)
    with pytest.raises(InputRefused, match="no such file"):
        take(tmp_path / "nergens.tif")
    with pytest.raises(InputRefused, match="is a GeoTIFF"):
        take(tmp_path / "dsm.asc")
    packed = saved(tmp_path, np.zeros((600, 600), np.float32), compress="deflate")
    assert packed.stat().st_size < 100_000
    with pytest.raises(InputRefused, match="more than 1 MB"):
        take(packed, limits=Limits(max_file_mb=1))


def test_a_raster_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path, hilly())
    path.write_bytes(path.read_bytes()[:200_000])
    with pytest.raises(InputRefused, match="read"):
        take(path)


@pytest.mark.parametrize(
    ("surface", "ground"),
    [
        ("denhaag/lod2_dsm_1m.tif", "denhaag/lod2_dtm_1m.tif"),
        ("delft/ahn3_dsm_1m.tif", "delft/ahn3_dtm_1m_holes.tif"),
    ],
)
def test_real_models_come_back_cell_by_cell(
    surface: str, ground: str, shared_data: Path, tmp_path: Path
) -> None:
    paths = {"surface.tif": shared_data / surface, "ground.tif": shared_data / ground}
    found = ingest_heights(
        paths["surface.tif"],
        ground=paths["ground.tif"],
        mapping=Mapping(),
        crs=RD,
        area=None,
        limits=Limits(),
    )
    for name, path in paths.items():
        with (
            rasterio.Env(GDAL_PAM_ENABLED="NO"),
            rasterio.open(kept(found, name, tmp_path)) as mine,
            rasterio.open(path) as theirs,
        ):
            np.testing.assert_array_equal(mine.read(1), theirs.read(1))
            assert mine.transform == theirs.transform
