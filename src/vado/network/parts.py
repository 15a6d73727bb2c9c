"""Parts: which nodes can be driven between, both ways. The largest is 0; islands are numbered by size."""

from __future__ import annotations

import numpy as np

from vado.model.roads import I32, NO_ENTRY_MS


def parts(n_nodes: int, edge_from: I32, edge_to: I32, edge_ms: I32) -> I32:
    """Number the strongly connected parts for each profile: [P, N]; -1 where the profile has no edge."""
    # Loaded here: it takes half a second, and only the build of a region needs it.
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    result = np.full((len(edge_ms), n_nodes), -1, np.int32)
    for profile, ms in enumerate(edge_ms):
        open_ = ms < NO_ENTRY_MS
        a, b = edge_from[open_], edge_to[open_]
        if not len(a):
            continue
        graph = csr_array((np.ones(len(a), np.int8), (a, b)), shape=(n_nodes, n_nodes))
        _, label = connected_components(graph, directed=True, connection="strong")
        touched = np.zeros(n_nodes, np.bool_)
        touched[a] = touched[b] = True
        result[profile, touched] = _by_size(label[touched])
    return result


def _by_size(label: I32) -> I32:
    """Number labels by how many have them, largest first; equal ones by who comes first."""
    _, first, index, size = np.unique(label, return_index=True, return_inverse=True, return_counts=True)
    rank = np.empty(len(size), np.int32)
    rank[np.lexsort((first, -size))] = np.arange(len(size), dtype=np.int32)
    return rank[index]
