"""dBASE III tables: the fields of text of each row, none of a deleted one.

Format: www.dbase.com/Knowledgebase/INT/db7_file_fmt.htm, level 5. In: bytes. Out: rows by folded column name.
"""

from __future__ import annotations

from vado.errors import PayloadError
from vado.feeds.records import text

ROWS_MAX = 20_000
_COLUMN = 32  # bytes of the description of one column, and of the head before them
_END, _DELETED = 0x0D, 0x2A


def read_dbf(body: bytes, name: str) -> list[dict[str, str]]:
    """Read a table; raises PayloadError E1001 where it is cut off or is none."""
    count, head, width = (
        int.from_bytes(body[4:8], "little"),
        int.from_bytes(body[8:10], "little"),
        int.from_bytes(body[10:12], "little"),
    )
    columns: list[tuple[str, int]] = []
    at = _COLUMN
    while at + _COLUMN <= min(head, len(body)) and body[at] != _END:
        columns.append(
            (body[at : at + 11].split(b"\0")[0].decode("ascii", "replace").casefold(), body[at + 16])
        )
        at += _COLUMN
    whole = bool(columns) and width == 1 + sum(size for _, size in columns)
    if not whole or count > ROWS_MAX or head + count * width > len(body):
        raise PayloadError(
            f"{name} is no dBASE table, or it is cut off", code="E1001", action="send it again whole"
        )
    rows: list[dict[str, str]] = []
    for n in range(count):
        row = body[head + n * width : head + (n + 1) * width]
        if row[0] == _DELETED:
            rows.append({})
            continue
        cells: dict[str, str] = {}
        at = 1
        for column, size in columns:
            cells[column] = _text(row[at : at + size])
            at += size
        rows.append(cells)
    return rows


def _text(cell: bytes) -> str:
    try:
        return text(cell.decode())
    except UnicodeDecodeError:
        return text(cell.decode("cp1252", "replace"))
