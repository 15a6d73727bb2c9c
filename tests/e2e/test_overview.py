"""The overview page before its script: everything is there to read, the map too."""

from __future__ import annotations

import re

from served import TOWN, Service, at, cap, job, vehicle
from vado.model.when import rfc3339


def test_the_overview_page_is_whole_without_its_script() -> None:
    stormy = Service()
    stormy.post("/v1/vehicles", [vehicle(TOWN, "v1", "A")])
    late = job(TOWN, "b", "B", time_windows=[[rfc3339(at(11)), rfc3339(at(13))]])
    stormy.post("/v1/jobs", [late, job(TOWN, "d", "D")])
    stormy.work()
    stormy.post("/v1/webhooks/weather", cap(TOWN, "AB", start=at(10), end=at(18)))
    stormy.work()
    page = stormy.get("/").text
    assert '<svg class="still"' in page, "the map is there before the script is"
    assert ">B</text>" in page
    assert 'class="m-later"' in page
    assert re.search(
        r"<b>B</b><span><i>cut off from 10:00;</i> <i>open again from 18:00</i> </span>"
        r"<span class=\"why\">flood on CG-4 [^<]*</span>"
        r"<span class=\"meta\">jobs: 1 held</span>",
        page,
    )
    assert "one road left to B: CG-4 (Valley Road); flood warning from 10:00 to 18:00" in page
    assert '<span class="meta">1 job to do</span>' in page
    assert "</b> town will be cut off</p>" in page, "one town is one town"
    assert "</b> vehicle</p>" in page
    assert re.search(
        r'<b>weather</b><span>ok</span><span class="meta">'
        r"[^<]*CAP · heard \d\d:\d\d · 1 in force or to come<",
        page,
    )
    assert "a job waits" in page, "every sign is in the legend"


def test_reports_that_change_nothing_are_one_line() -> None:
    service = Service()
    service.start()
    service.work()
    where = [float(TOWN.node_lon[0]), float(TOWN.node_lat[0])]
    for minute in (1, 2, 3):
        report = {"vehicle": "v1", "kind": "position", "at": rfc3339(at(9, minute)), "location": where}
        service.post("/v1/progress", report)
        service.work(at(9, minute))
    newest, *older = [line["sentence"] for line in service.get("/v1/overview").json()["news"]]
    assert newest == "3 reports of vehicles came in since 09:01. The visits stay the same."
    assert not any("report" in sentence for sentence in older)
