"""The overview page in a real browser: what if, lists, and where names stand on the map.

Requests of the page are answered by the service in this process: no socket, no network. Needs playwright and
a Chromium, which are no part of the product; without them nothing here is asked.
"""

from __future__ import annotations

import functools
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from served import TOWN, Service, at, cap, job, vehicle
from vado.model.when import rfc3339

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright to drive a browser")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs a Chromium")

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
INSIDE = """() => {
  const frame = document.querySelector('#map').getBoundingClientRect();
  const boxes = [...document.querySelectorAll('#map .m-label, #map .m-car')].map((drawn) => drawn.getBoundingClientRect());
  const out = boxes.filter((b) => b.left < frame.left || b.right > frame.right || b.top < frame.top || b.bottom > frame.bottom);
  const over = boxes.filter((a, n) => boxes.slice(n + 1).some((b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3));
  return [document.querySelectorAll('.m-label').length, out.length, over.length, document.documentElement.scrollWidth - innerWidth];
}"""  # noqa: E501
MIDDLE = """(css) => {
  const line = document.querySelector(css), box = line.ownerSVGElement.getBoundingClientRect();
  const at = line.getPointAtLength(line.getTotalLength() / 2);
  return [at.x + box.left, at.y + box.top];
}"""


# A driven browser has its own loop, which would be in the way of all other tests: it lives on a thread.
DRIVER, ASGI = ThreadPoolExecutor(1), ThreadPoolExecutor(1)


def in_browser(test: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(test)
    def run(**fixtures: Any) -> None:
        DRIVER.submit(test, **fixtures).result()

    return run


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    machine = DRIVER.submit(playwright.sync_playwright().start).result()
    made = DRIVER.submit(machine.chromium.launch, executable_path=CHROMIUM, args=["--no-sandbox"]).result()
    yield made
    DRIVER.submit(made.close).result()
    DRIVER.submit(machine.stop).result()


@pytest.fixture(scope="module")
def stormy() -> Service:
    service = Service()
    service.post("/v1/vehicles", [vehicle(TOWN, "v1", "A"), vehicle(TOWN, "v2", "F")])
    late = job(TOWN, "b", "B", time_windows=[[rfc3339(at(11)), rfc3339(at(13))]])
    service.post("/v1/jobs", [late, *(job(TOWN, f"d{n}", "D") for n in range(3))])
    service.work()
    service.post("/v1/webhooks/weather", cap(TOWN, "AB", start=at(10), end=at(18)))
    service.work()
    return service


class Screen:
    """A page that the service answers, and what its console says."""

    def __init__(self, browser: Any, service: Service, size: dict[str, int]) -> None:
        self.wrong: list[str] = []
        self._service = service
        self.page = browser.new_context(viewport=size).new_page()
        self.page.on(
            "console", lambda said: said.type in ("error", "warning") and self.wrong.append(said.text)
        )
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.route("**/*", self._answer)
        self.page.goto("http://127.0.0.1:8080/")
        self.page.wait_for_selector("#map svg:not(.still)")

    def _answer(self, route: Any) -> None:
        asked = route.request
        path = asked.url.removeprefix("http://127.0.0.1:8080")
        if path == "/v1/events":  # it polls instead
            route.fulfill(status=200, content_type="text/event-stream", body="")
            return
        sent = {k: v for k, v in asked.headers.items() if k in ("content-type", "if-none-match")}
        got = ASGI.submit(
            self._service.send, asked.method, path, content=asked.post_data_buffer, headers=sent
        ).result()
        route.fulfill(status=got.status_code, headers=dict(got.headers), body=got.content)

    def answer(self) -> str:
        self.page.wait_for_selector("#answer h3")
        return str(self.page.inner_text("#answer"))


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@in_browser
def test_a_click_on_a_road_asks_what_if_it_were_shut(
    browser: Any, stormy: Service, size: dict[str, int]
) -> None:
    head = stormy.world.head
    screen = Screen(browser, stormy, size)
    screen.page.locator("#map").scroll_into_view_if_needed()
    screen.page.mouse.click(*screen.page.evaluate(MIDDLE, ".m-later"))
    told = screen.answer()
    assert "were lifted: 1 town changes" in told, "what shuts the road stands first"
    assert "B\nopen\nas it is: cut off from 10:00; open again from 18:00" in told
    screen.page.get_by_role("button", name="Shut this road").click()
    screen.page.wait_for_selector("#answer h3:has-text('CG-4')")
    told = screen.answer()
    assert "If this stretch of CG-4 (Valley Road) were shut: 1 town changes" in told
    assert "B\ncut off now\n" in told
    assert "Nothing is stored." in told
    assert screen.page.locator(".m-if").count() == 2, "it is drawn"
    assert screen.page.locator(".m-changes").count() == 1, "and so is the town"
    assert stormy.world.head == head
    assert screen.wrong == []


@in_browser
def test_what_if_is_asked_by_key(browser: Any, stormy: Service) -> None:
    screen = Screen(browser, stormy, DESK)
    page = screen.page
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "if-road":
            break
    page.keyboard.type("cg-4")
    page.keyboard.press("Enter")
    assert "If CG-4 (Valley Road) were shut: 1 town changes" in screen.answer()
    page.keyboard.press("Escape")
    assert page.inner_text("#answer") == ""
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "if-hazard"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert "were lifted: 1 town changes" in screen.answer()
    page.keyboard.press("Escape")
    page.fill("#if-road", "Nowhere")
    page.keyboard.press("Enter")
    page.wait_for_selector("#answer .wrong")
    assert "there is no road 'Nowhere'" in page.inner_text("#answer")
    assert all("422" in text or "404" in text for text in screen.wrong), screen.wrong


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@in_browser
def test_every_town_has_a_name_inside_the_map_and_free_of_vehicles(
    browser: Any, stormy: Service, size: dict[str, int]
) -> None:
    screen = Screen(browser, stormy, size)
    names, outside, covered, wider = screen.page.evaluate(INSIDE)
    assert names == len(TOWN.places)
    assert (outside, covered, wider) == (0, 0, 0)
    assert screen.wrong == []


@in_browser
def test_a_long_list_shows_its_first_few_whole_and_then_all(browser: Any, stormy: Service) -> None:
    screen = Screen(browser, stormy, DESK)
    screen.page.evaluate("() => { byId('towns').dataset.most = 2; showWords(state.view); }")
    assert screen.page.locator("#towns > li").count() == 3  # and the button
    screen.page.get_by_role("button", name="Show 4 more").press("Enter")
    assert screen.page.locator("#towns > li").count() == 7
    assert screen.page.evaluate("document.activeElement.textContent") == "Show fewer"
    cut = screen.page.evaluate(
        "[...document.querySelectorAll('main :is(ul, ol)')]"
        ".filter((list) => list.scrollHeight > list.clientHeight + 1).length"
    )
    assert cut == 0, "no list is cut in its box"
