"""Documentation is tested: what the code has, the docs must name, and the other way round."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from vado.errors import CODES
from vado.feeds.formats import FORMATS
from vado.model.plan import ReasonCode, Rule

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "tests" / "README.md"])


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def test_each_error_code_is_described_and_no_other() -> None:
    assert set(re.findall(r"^\| (E\d{4}) \|", page("reference/errors.md"), re.M)) == set(CODES)


def test_each_reason_and_rule_is_described_and_no_other() -> None:
    text = page("reference/reasons.md")
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", text, re.M)) == {str(r) for r in ReasonCode} | {
        str(r) for r in Rule
    }


def test_each_setting_is_described_and_no_other() -> None:
    from vado.settings import Settings

    named = set(re.findall(r"^\| `([a-z_]+)` \|", page("reference/settings.md"), re.M))
    assert named == set(Settings.model_fields)


def test_each_command_and_option_is_described() -> None:
    import typer.main

    from vado.cli.main import app

    text = page("reference/cli.md")
    seen: list[str] = []
    missing: list[str] = []

    def visit(command: Any, path: str) -> None:
        # Typer brings a Click of its own: groups are told by what they have, not by their type.
        for name, child in getattr(command, "commands", {}).items():
            visit(child, f"{path} {name}")
        if getattr(command, "commands", {}):
            return
        seen.append(path)
        heading = re.search(rf"^### vado{path}\b.*?(?=^##|\Z)", text, re.M | re.S)
        section = "" if heading is None else heading.group(0)
        if heading is None:
            missing.append(f"vado{path}")
        for parameter in command.params:
            options = {*parameter.opts, *parameter.secondary_opts} - {"--help", "--json"}
            missing.extend(f"vado{path} {o}" for o in sorted(options) if o[:2] == "--" and o not in section)

    visit(typer.main.get_command(app), "")
    assert len(seen) >= 11
    assert missing == []
    assert {f"vado{path}" for path in seen} == set(re.findall(r"^### (vado(?: [a-z]+)+)", text, re.M))


def test_each_endpoint_is_described() -> None:
    from tests_api_paths import api_paths

    text = page("reference/api.md")
    assert [path for path in api_paths() if path not in text] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (path.parent / target).exists(), f"{path.name}: {target}"


@pytest.mark.parametrize("page_path", sorted((DOCS / "decisions").glob("0*.md")), ids=lambda p: p.stem)
def test_each_decision_is_in_the_index(page_path: Path) -> None:
    assert f"({page_path.name})" in page("decisions/README.md")
    assert "**Decision.** *" in page_path.read_text(encoding="utf-8"), "one sentence worth quoting"


def test_each_page_is_in_the_index() -> None:
    index = page("README.md")
    pages = {str(p.relative_to(DOCS)) for p in DOCS.rglob("*.md") if not p.match("decisions/0*.md")}
    assert [name for name in sorted(pages - {"README.md"}) if f"({name})" not in index] == []


def test_each_format_is_on_the_page_of_formats_with_its_life_cycle() -> None:
    rows = [line.split("|") for line in page("reference/feeds/formats.md").splitlines()]
    named = {row[1].strip(): row[4].strip() for row in rows if len(row) == 7}
    told = {each.name: each.lifecycle.value for each in FORMATS}
    assert {name: cycle for name, cycle in named.items() if name in told} == told
    assert set(named) - set(told) == {"format", "---"}
