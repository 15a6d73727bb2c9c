"""Real data that is read in place and never committed; absent in a lone clone, and then skipped."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples"


def sample(*parts: str) -> Path:
    """Give the path of a sample; where it is absent skip the test that asked for it, but never in CI."""
    path = SAMPLES.joinpath(*parts)
    if not path.exists():
        assert not os.environ.get("CI"), (
            f"CI must have the samples beside the clone: {'/'.join(parts)} is not there"
        )
        pytest.skip(f"sample {'/'.join(parts)} is not here: ../shared/samples is only beside a full checkout")
    return path
