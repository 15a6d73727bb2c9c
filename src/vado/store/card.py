"""A region's card: `region.json`, which says what the region is and which folder holds its arrays.

In: values that JSON can hold. Out: the same, if they are those that were written: the card carries its own
hash, so a name cut short or a number changed is seen. Refuses to know what the values mean.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from vado.errors import RegionError
from vado.store.origin import build_again

# 2: before limits had a table and points heights; 3: before passes; 4: before arrays and card had hashes
FORMAT = 5
CARD = "region.json"
_OWN = "card_sha256"


def write_card(folder: Path, card: dict[str, Any]) -> None:
    """Put a card in place of an older one, in one step and safe on the disk."""
    handle, fresh = tempfile.mkstemp(prefix=".card.", dir=folder)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({**card, _OWN: _hash(card)}, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        Path(fresh).chmod(0o644)
        Path(fresh).replace(folder / CARD)
    finally:
        Path(fresh).unlink(missing_ok=True)


def read_card(folder: Path) -> dict[str, Any]:
    """Read a card; raises RegionError E1303 another format, E1304 damaged, E1005 not ours to read."""
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
        found = card["format"]
    except PermissionError as fault:
        raise unreadable(folder, fault) from fault
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise damaged(folder, f"its card {CARD} cannot be read ({fault})") from fault
    if found != FORMAT:
        raise RegionError(
            f"region {folder.name} is of format {found}, this is for format {FORMAT}",
            code="E1303",
            action=build_again(folder.name, folder / CARD),
            field="region",
        )
    if card.pop(_OWN, None) != _hash(card):
        raise damaged(folder, f"its card {CARD} was changed after it was written")
    return dict(card)


def find_arrays(folder: Path) -> Path | None:
    """Find the folder of arrays that a card of any format names."""
    try:
        found = json.loads((folder / CARD).read_text(encoding="utf-8"))["folder"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return folder / found if isinstance(found, str) and found.startswith("arrays.") else None


def damaged(folder: Path, cause: str) -> RegionError:
    return RegionError(
        f"region {folder.name} is damaged: {cause}",
        code="E1304",
        action=build_again(folder.name, folder / CARD),
        field="region",
    )


def unreadable(folder: Path, fault: OSError) -> RegionError:
    return RegionError(
        f"region {folder.name} cannot be read: {fault.strerror or fault} ({fault.filename})",
        code="E1005",
        action="check the rights of that file",
        field="region",
    )


def _hash(card: dict[str, Any]) -> str:
    text = json.dumps(card, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
