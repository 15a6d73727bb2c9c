"""A synthetic network as an OSM file, for engines that read maps: each road a way of two nodes."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import osmium

from bench.synthetic import CLASSES, KMH, Network


def write_pbf(network: Network, folder: Path) -> Path:
    """Write the network as .osm.pbf, named by what is in it; one that is there is taken as it is."""
    content = hashlib.sha256()
    for array in (network.edge_from, network.edge_to, network.ms, network.lon, network.lat):
        content.update(np.ascontiguousarray(array).tobytes())
    path = folder / f"{content.hexdigest()[:16]}.osm.pbf"
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"part-{path.name}")
    # A road's second direction comes behind all first ones.
    once, at = np.unique(network.way, return_index=True)
    both = np.bincount(network.way, minlength=len(once)) == 2
    with osmium.SimpleWriter(str(part), overwrite=True) as out:
        for k, where in enumerate(zip(network.lon.tolist(), network.lat.tolist(), strict=True), 1):
            out.add_node(osmium.osm.mutable.Node(id=k, version=1, location=where))
        for way, edge in zip(once.tolist(), at.tolist(), strict=True):
            kind = int(network.kind[edge])
            out.add_way(
                osmium.osm.mutable.Way(
                    id=way + 1,
                    version=1,
                    nodes=[int(network.edge_from[edge]) + 1, int(network.edge_to[edge]) + 1],
                    tags={
                        "highway": CLASSES[kind],
                        "maxspeed": str(int(KMH[kind])),
                        "oneway": "no" if both[way] else "yes",
                    },
                )
            )
    part.rename(path)
    return path
