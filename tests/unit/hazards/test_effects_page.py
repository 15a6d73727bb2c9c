"""The table in docs/reference/effects.md is what the code does. `python` this file to write it anew."""

from __future__ import annotations

from pathlib import Path

from tables import meaning, table
from vado.model.alert import Action
from vado.model.hazard import Effect

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "effects.md"
START, END = "<!-- table: written by tests/unit/hazards/test_effects_page.py -->", "<!-- end of table -->"
SEVERITIES = ("Extreme", "Severe", "Moderate", "Unknown")


def word(effect: Effect) -> str:
    if effect.action is Action.SLOW:
        return f"× {effect.speed_factor:g}"
    if effect.action is Action.RESTRICTED:
        return f"only with {effect.requires}, × {effect.speed_factor:g}"
    return {Action.SHUT: "**shut**", Action.NONE: "–"}[effect.action]


def cell(kind: str, severity: str) -> str:
    """Say it once where all profiles are alike, else by profile."""
    effects = meaning().effects(kind, severity, "Likely")
    by_word: dict[str, list[str]] = {}
    for effect in effects:
        by_word.setdefault(word(effect), []).append(effect.profile)
    if len(by_word) == 1:
        return next(iter(by_word))
    return "; ".join(f"{', '.join(profiles)}: {said}" for said, profiles in by_word.items())


def expected() -> str:
    kinds = (*(row["name"] for row in table("kinds")["kind"]), "unknown")
    rows = [
        f"| kind | {' | '.join(SEVERITIES)} | without an end |",
        "| --- " * (len(SEVERITIES) + 2) + "|",
    ]
    for kind in kinds:
        lasts_s = meaning().lasts_s[kind]
        stays = "until ended" if lasts_s is None else f"{lasts_s // 3600} h"
        rows.append(f"| `{kind}` | {' | '.join(cell(kind, s) for s in SEVERITIES)} | {stays} |")
    return "\n".join(rows)


def test_the_table_of_the_page_is_what_the_code_does() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text.split(START)[1].split(END)[0].strip() == expected()


def test_every_source_of_the_table_is_named_on_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [name for name in table("effects")["sources"].values() if name not in text] == []


if __name__ == "__main__":
    whole = PAGE.read_text(encoding="utf-8")
    before, after = whole.split(START)[0], whole.split(END)[1]
    PAGE.write_text(f"{before}{START}\n{expected()}\n{END}{after}", encoding="utf-8")
