"""Streets, dwellings and the municipality under area measures."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from hotspots.errors import InputRefused, Problem, WorkspaceRefused
from hotspots.outputs.bans.document import BanBoundary
from hotspots.pipeline.deliveries import Current
from hotspots.pipeline.evidence.ground import Homes, homes_of
from hotspots.pipeline.nuisance import points_in
from hotspots.policy import Policy

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from hotspots.planning.boundaries import Blocks, Snapped


_MET = 0.01
"""An area that lies in a stadsdeel for less than this share only touches it."""


class BanGround:
    """What lies under the areas; each part is read when it is first asked for."""

    def __init__(self, current: Current, policy: Policy) -> None:
        self.current = current
        self.policy = policy.bans
        self.most_share = policy.designations.most_share
        self.pairs, self.alpha = policy.sources.pairs, policy.hotspots.alpha
        self.crs = current.workspace.crs

    @cached_property
    def city(self) -> "BaseGeometry | None":
        """The municipality; None where no areas were delivered."""
        return self.current.municipality()

    @cached_property
    def blocks(self) -> "Blocks | None":
        """What streets enclose; None where no streets were delivered."""
        from hotspots.planning.boundaries import street_blocks

        streets = self.current.streets()
        return street_blocks(streets, frame=self.city) if len(streets) else None

    @cached_property
    def _homes(self) -> Homes | None:
        return homes_of(self.current)

    def read(self) -> None:
        """Read everything that may be asked for, so that the deliveries are pinned."""
        _ = (self.city, self._homes, self._lines, self._stadsdelen)

    def residents(self, dwellings: int | None) -> int | None:
        """Return about how many live in so many dwellings, in tens; None where that is unknown."""
        if dwellings is None:
            return None
        return int(round(dwellings * self.policy.residents_per_dwelling, -1))

    @cached_property
    def _stadsdelen(self) -> "gpd.GeoDataFrame | None":
        found = self.current.areas.get("stadsdeel")
        return None if found is None else found[found.geometry.notna()]

    def stadsdelen(self, shape: "BaseGeometry") -> dict[str, str]:
        """Return the stadsdelen that an area meets, names by code; none where not delivered."""
        if self._stadsdelen is None:
            return {}
        shared = self._stadsdelen.geometry.intersection(shape).area
        met = self._stadsdelen[shared >= _MET * shape.area].sort_values("area_code")
        return dict(zip(met["area_code"], met["area_name"], strict=True))

    def dwellings(self, shape: "BaseGeometry") -> int | None:
        """Return the dwellings in a polygon; None where dwellings were not delivered."""
        homes = self._homes
        return None if homes is None else int(homes.n[points_in(shape, homes.x, homes.y)].sum())

    @cached_property
    def _lines(self) -> "gpd.GeoSeries":
        return self.current.streets().geometry

    def exposure(self, shape: "BaseGeometry") -> "tuple[float, float]":
        """Return how much of the city where incidents may lie is in a polygon, and all of it.

        In metres of street; in square metres where no streets were delivered.
        """
        import shapely

        if not len(self._lines):
            city = self.city
            return shape.area, 0.0 if city is None else city.area
        lines = self._lines.to_numpy()
        near = lines[self._lines.sindex.query(shape, predicate="intersects")]
        inside = shapely.length(shapely.intersection(near, shape))
        return float(inside.sum()), float(shapely.length(lines).sum())

    def snapped(self, shape: "BaseGeometry") -> "Snapped | None":
        """Return an area along streets; None where there are no streets, or none about it."""
        from hotspots.planning.boundaries import snap

        if self.blocks is None:
            return None
        try:
            return snap(shape, self.blocks, reach_m=self.policy.street_half_width_m)
        except ValueError:
            return None

    def boundary(self, found: "Snapped", drawn: "BaseGeometry") -> BanBoundary:
        """Return the description of an area along streets beside what was drawn."""
        import shapely
        from shapely.geometry import mapping

        shared = shapely.area(shapely.intersection(found.shape, drawn))
        both = shapely.area(found.shape) + shapely.area(drawn) - shared
        return BanBoundary(
            km2=shapely.area(found.shape) / 1e6,
            dwellings=self.dwellings(found.shape),
            around=list(found.around),
            inside=list(found.inside),
            unnamed=found.n_unnamed,
            off_street_m=found.off_street_m,
            same=shared / both,
            geometry=mapping(shapely.set_precision(found.shape, 0.01)),
        )

    def refuse_large(self, areas: "Sequence[tuple[str, BaseGeometry]]") -> None:
        """Refuse areas that take (nearly) the whole municipality, or lie outside it.

        Raises
        ------
        InputRefused
            Naming every such area.
        """
        if self.city is None:
            raise WorkspaceRefused(
                Problem(
                    "There are no areas of the municipality yet.",
                    "Take them in with: hotspots ingest areas FILE --level wijk.",
                )
            )
        wrong = []
        for name, shape in areas:
            share = self.share_of_city(shape)
            if share == 0:
                rule, remedy = "The area lies outside the municipality.", "Check its coordinates."
            elif share >= self.most_share:
                rule = (
                    f"The area takes {share:.0%} of the municipality; from {self.most_share:.0%} "
                    "it counts as all of it."
                )
                remedy = "Draw it round the nuisance: a measure for a whole city is refused."
            else:
                continue
            wrong.append(Problem(rule, remedy, value=name[:80]))
        if wrong:
            raise InputRefused(wrong)

    def share_of_city(self, shape: "BaseGeometry") -> float:
        """Return which share of the municipality an area takes; 0 where there is none."""
        from hotspots.planning.boundaries import share_of_city

        return 0.0 if self.city is None else share_of_city(shape, self.city)
