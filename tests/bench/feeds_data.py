"""Synthetic feeds of any size, from a seed: what no real file may be committed for.

In: a size and a seed. Out: files. `python -m bench.feeds_data FILE` (from tests/) writes the DATEX II file of
170 MB, the size of NDW's file of planned works, and measures how it is read: seconds and peak memory.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

SIZE = 170_000_000  # bytes
SEED = 20260110
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<mc:messageContainer xmlns:mc="http://datex2.eu/schema/3/messageContainer"'
    ' xmlns:sit="http://datex2.eu/schema/3/situation" xmlns:com="http://datex2.eu/schema/3/common"'
    ' xmlns:loc="http://datex2.eu/schema/3/locationReferencing"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" modelBaseVersion="3">'
    '<mc:payload xsi:type="sit:SituationPublication" lang="en" modelBaseVersion="3">'
    "<com:publicationTime>2026-01-10T09:00:00Z</com:publicationTime><com:publicationCreator>"
    "<com:country>nl</com:country><com:nationalIdentifier>BENCH</com:nationalIdentifier>"
    "</com:publicationCreator>\n"
)
_TAIL = "</mc:payload></mc:messageContainer>\n"
_TYPES = ("roadClosed", "carriagewayClosures", "laneClosures", "narrowLanes", "overnightClosures")


def write_datex(path: Path, *, size: int = SIZE, seed: int = SEED) -> int:
    """Write a DATEX II v3 file of about `size` bytes; give how many situations it has."""
    draw = random.Random(seed)
    count = 0
    with path.open("w", encoding="ascii") as file:
        written = file.write(_HEAD)
        while written < size - len(_TAIL):
            written += file.write(_situation(count, draw))
            count += 1
        file.write(_TAIL)
    return count


def _situation(number: int, draw: random.Random) -> str:
    records = "".join(_record(f"B{number}_{n}", draw) for n in range(draw.randint(1, 3)))
    return (
        f'<sit:situation id="B{number}"><sit:overallSeverity>medium</sit:overallSeverity>'
        "<sit:headerInformation>"
        f"<com:informationStatus>real</com:informationStatus></sit:headerInformation>{records}"
        "</sit:situation>\n"
    )


def _record(name: str, draw: random.Random) -> str:
    lat, lon, day = 51 + draw.random() * 2, 4 + draw.random() * 2, draw.randint(10, 27)
    points = []
    for _ in range(draw.randint(4, 30)):
        lat, lon = lat + draw.uniform(-0.001, 0.001), lon + draw.uniform(0, 0.001)
        points.append(f"{lat:.6f} {lon:.6f}")
    nights = (
        "<com:validPeriod><com:recurringTimePeriodOfDay><com:startTimeOfPeriod>21:00:00"
        "</com:startTimeOfPeriod>"
        "<com:endTimeOfPeriod>05:00:00</com:endTimeOfPeriod></com:recurringTimePeriodOfDay></com:validPeriod>"
        if draw.random() < 0.3
        else ""
    )
    return (
        f'<sit:situationRecord xsi:type="sit:RoadOrCarriagewayOrLaneManagement" id="{name}" version="1">'
        "<sit:situationRecordCreationTime>2026-01-09T08:00:00Z</sit:situationRecordCreationTime>"
        "<sit:situationRecordVersionTime>2026-01-09T08:00:00Z</sit:situationRecordVersionTime>"
        "<sit:probabilityOfOccurrence>certain</sit:probabilityOfOccurrence><sit:validity>"
        "<com:validityStatus>definedByValidityTimeSpec</com:validityStatus><com:validityTimeSpecification>"
        f"<com:overallStartTime>2026-01-{day}T06:00:00Z</com:overallStartTime>"
        f"<com:overallEndTime>2026-03-{day}T18:00:00Z</com:overallEndTime>{nights}"
        "</com:validityTimeSpecification>"
        "</sit:validity><sit:generalPublicComment><sit:comment><com:values>"
        f'<com:value lang="en">Works at place {name}, follow the signs.</com:value></com:values>'
        "</sit:comment>"
        '</sit:generalPublicComment><sit:locationReference xsi:type="loc:LinearLocation">'
        "<loc:supplementaryPositionalDescription><loc:carriageway><loc:carriageway>mainCarriageway"
        "</loc:carriageway>"
        "</loc:carriageway></loc:supplementaryPositionalDescription>"
        f'<loc:gmlLineString srsName="WGS 84"><loc:posList>{" ".join(points)}</loc:posList>'
        "</loc:gmlLineString>"
        "</sit:locationReference><sit:complianceOption>mandatory</sit:complianceOption>"
        f"<sit:roadOrCarriagewayOrLaneManagementType>{draw.choice(_TYPES)}"
        "</sit:roadOrCarriagewayOrLaneManagementType></sit:situationRecord>"
    )


def read_measured(path: Path) -> dict[str, float]:
    """Read a file as a stream in this process: seconds, alerts, and the peak of its memory in MB."""
    from vado import feeds

    def read() -> int:
        with path.open("rb") as file:
            return sum(1 for _ in feeds.read_stream(file, source="bench"))

    return _measured(path, read)


def lxml_measured(path: Path) -> dict[str, float]:
    """Go through a file with lxml, situation by situation, each forgotten at its end: syntax only."""
    from lxml import etree

    def read() -> int:
        count = 0
        for _, element in etree.iterparse(str(path), tag="{*}situation", no_network=True):
            count += 1
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
        return count

    return _measured(path, read)


def _measured(path: Path, read: Callable[[], int]) -> dict[str, float]:
    start, cpu_start = time.perf_counter(), time.process_time()
    alerts = read()
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu_start
    # Of this program alone: what getrusage says holds what started it, too.
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    peak_kb = next(
        (int(line.split()[1]) for line in lines if line.startswith("VmHWM")),
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    )
    return {
        "MB": path.stat().st_size / 1e6,
        "alerts": alerts,
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu, 2),
        "peak_MB": peak_kb / 1e3,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description="Write a large DATEX II file, and measure how it is read.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--mb", type=int, default=SIZE // 1_000_000)
    parser.add_argument("--read", action="store_true", help="only read it, in this process")
    parser.add_argument("--lxml", action="store_true", help="only go through it with lxml, in this process")
    given = parser.parse_args()
    if not given.read and not given.lxml:
        write_datex(given.file, size=given.mb * 1_000_000)
        # In a process of its own, so that its peak is its own.
        again = [sys.executable, "-m", "bench.feeds_data", str(given.file), "--read"]
        return subprocess.run(again, check=False).returncode
    print(json.dumps(read_measured(given.file) if given.read else lxml_measured(given.file)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
