"""A table that a person types: closures as CSV, one row each. docs/reference/feeds/csv.md describes its
columns.

In: text, with a first line of column names; "," or ";" or a tab between, a comma or a point for decimals.
Out: one alert a row. All or nothing: every row with a fault is named by line and column, and nothing of the
table is taken in. Refuses to guess: an unknown column, effect or vehicle is a fault.
"""

from __future__ import annotations

import csv
import re
from io import StringIO

from vado.feeds.format import Document, Format, Lifecycle, Reading
from vado.feeds.typed_row import COLUMNS, PLACES, Row
from vado.model.alert import Alert

ROWS_MAX = 10_000
HEAD_MAX = 2_000  # characters of the first line
_CONTROL = re.compile(r"[\0-\10\16-\37]")


def looks(document: Document) -> bool:
    columns = _columns(_head(_text(document)))
    return len(COLUMNS & set(columns)) >= 2 and bool(PLACES & set(columns))


def _text(document: Document) -> str:
    """Give the text, also one that a spreadsheet wrote in Windows' own letters."""
    if document.text is not None:
        return document.text
    if document.root is not None or document.value is not None:
        return ""
    try:
        text = document.body.decode("cp1252")
    except UnicodeDecodeError:
        return ""
    return "" if _CONTROL.search(text[:HEAD_MAX]) else text


def _head(text: str) -> str:
    return text.lstrip()[:HEAD_MAX].partition("\n")[0]


def _delimiter(head: str) -> str:
    return max(";,\t", key=head.count)


def _columns(head: str) -> list[str]:
    cells = head.strip("\r\n").split(_delimiter(head))
    return [cell.strip().strip('"').strip().casefold().replace(" ", "_") for cell in cells]


def read(document: Document, reading: Reading) -> tuple[Alert, ...]:
    text = _text(document).lstrip()
    head = _head(text)
    columns, findings = _columns(head), reading.findings
    for n, name in enumerate(columns):
        if name not in COLUMNS:
            listed = ", ".join(sorted(COLUMNS))
            findings.fault(
                "E1004", f"no column is called {name!r}", f"use {listed}", f"line 1, column {n + 1}"
            )
        elif name in columns[:n]:
            findings.fault("E1205", f"the column {name} stands twice", "keep one", f"line 1, column {n + 1}")
    if findings.faults:
        return ()
    alerts: dict[str, Alert] = {}
    rows = csv.reader(StringIO(text), delimiter=_delimiter(head), strict=True)
    try:
        next(rows)
        for cells in rows:
            line = rows.line_num
            if not any(cell.strip() for cell in cells) or cells[0].lstrip().startswith("#"):
                continue
            if line > ROWS_MAX + 1:
                findings.fault("E1002", f"more than {ROWS_MAX} rows", "send several tables", f"line {line}")
                break
            if len(cells) != len(columns):
                cause = f"the row has {len(cells)} cells, the first line {len(columns)}"
                action = "write all of them; put a text that holds the delimiter into quotes"
                findings.fault("E1001", cause, action, f"line {line}")
                continue
            alert = Row(dict(zip(columns, cells, strict=True)), line, reading).read()
            if alert is not None and alert.id in alerts:
                cause = f"{alert.identifier!r} stands there twice"
                findings.fault("E1205", cause, "give each row its own id", f"line {line}, column id")
            elif alert is not None:
                alerts[alert.id] = alert
    except csv.Error as bad:
        where = f"line {rows.line_num}"
        findings.fault("E1001", f"broken CSV: {bad}", "check the quotes; send it again whole", where)
    return tuple(alerts.values())


FORMAT = Format(name="CSV of closures", lifecycle=Lifecycle.STREAM, looks=looks, read=read)
