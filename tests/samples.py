"""Real data that is read in place and never committed; absent in a lone clone, and then skipped."""

from __future__ import annotations

from pathlib import Path

import pytest

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples"


def sample(*parts: str) -> Path:
    """Give the path of a sample, or skip the test that asked for it."""
    path = SAMPLES.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"sample {'/'.join(parts)} is not here: ../shared/samples is only beside a full checkout")
    return path
