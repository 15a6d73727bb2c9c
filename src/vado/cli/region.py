"""`vado region`: build road data from a map file or a named place, and say what is in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vado.cli import fragility, output
from vado.cli.files import regions
from vado.cli.options import AsJson
from vado.errors import InputError, RegionError

if TYPE_CHECKING:
    from vado.store.origin import Origin

app = typer.Typer(help="Road data: build a region, show what is in it.", rich_markup_mode=None)

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the region.")]
app.command()(fragility.fragility)
ISLANDS_SHOWN = 15  # in the table; --json has all that the region lists


@app.command()
def build(
    name: Name,
    pbf: Annotated[Path | None, typer.Option(metavar="FILE", help="A .osm.pbf file, of any size.")] = None,
    place: Annotated[
        str | None, typer.Option(metavar="TEXT", help='A named place to download, like "Andorra".')
    ] = None,
    profiles: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A table of vehicle profiles instead of ours.")
    ] = None,
    elevation: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="PATH", help="SRTM tiles: a .hgt or .hgt.zip file, or a folder. May be repeated."
        ),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Build a region from OpenStreetMap data and keep it under its name; again from the same, if not told."""
    if pbf is not None and place is not None:
        raise InputError(
            "give either a file or a place", code="E1007", field="--pbf, --place",
            action='vado region build NAME --pbf FILE, or --place "Andorra"',
        )  # fmt: skip
    from vado.app import load_meaning, refuse_unknown_profiles
    from vado.feeds.srtm import open_elevation
    from vado.network.build import build as build_roads
    from vado.store.data import load_profiles

    kept = regions()
    kept.make_room(name)
    origin = _origin(kept.find_origin(name), name, pbf=pbf, place=place, profiles=profiles,
                     elevation=elevation)  # fmt: skip
    table = load_profiles(Path(origin.profiles) if origin.profiles else None)
    # Before the work: no verb would read such a region.
    refuse_unknown_profiles((one.name for one in table.profiles), load_meaning(), field="--profiles")
    heights = open_elevation([Path(p) for p in origin.elevation]).heights if origin.elevation else None
    with output.progress(f"region {name}") as tell:
        if origin.pbf:
            from vado.feeds import osm_pbf

            raw = osm_pbf.read(Path(origin.pbf), progress=tell)
        else:
            from vado.feeds import osm_place

            raw = osm_place.read(origin.place, progress=tell)
        roads = build_roads(raw, table, name=name, heights=heights, progress=tell)
        tell("writing", 0, None)
        kept.save(roads, origin=origin)
    return info(name, as_json=as_json)


def _origin(
    known: Origin | None,
    name: str,
    *,
    pbf: Path | None,
    place: str | None,
    profiles: Path | None,
    elevation: list[Path] | None,
) -> Origin:
    """Say what to build from: what is given, and as long as no source is, what the region was built from."""
    from vado.store.data import data_path
    from vado.store.origin import Origin, hash_of

    again = pbf is None and place is None
    if again and known is None:
        raise InputError(
            f"it is not known what to build {name} from", code="E1007", field="--pbf, --place",
            action=f'vado region build {name} --pbf FILE, or --place "Andorra"; it is remembered then',
        )  # fmt: skip
    before = known if again and known is not None else None
    table = profiles or (Path(before.profiles) if before is not None and before.profiles else None)
    tiles = elevation or ([] if before is None else [Path(tile) for tile in before.elevation])
    table_hash = hash_of(table or data_path("profiles.toml"))
    if before is not None:
        if before.pbf and not Path(before.pbf).is_file():
            raise InputError(
                f"{name} was built from {before.pbf}, which is no longer there", code="E1005", field="--pbf",
                action=f"bring it back, or say where it is: vado region build {name} --pbf FILE",
            )  # fmt: skip
        output.say(f"{name}: again from {before.pbf or before.place}")
        if before.profiles_hash != table_hash:
            output.say(f"{name}: the table of profiles is another one than then")
    return Origin(
        pbf=str(pbf.absolute()) if pbf is not None else "" if before is None else before.pbf,
        place=place if place is not None else "" if before is None else before.place,
        profiles="" if table is None else str(table.absolute()),
        profiles_hash=table_hash,
        elevation=tuple(str(tile.absolute()) for tile in tiles),
    )


@app.command()
def info(name: Name, as_json: AsJson = False) -> int:
    """Check all of a region and show what it holds: roads, towns, islands, restrictions, its source."""
    regions().load(name, verify=True)
    found = about(name)
    if as_json:
        output.write_json(found)
        return output.DONE
    console = output.out()
    for table in _tables(found):
        console.print(table)
    for note in found["notes"]:
        console.print(f"note: {note}", markup=False)
    return output.DONE


@app.command("list")
def list_(as_json: AsJson = False) -> int:
    """List the regions there are; exit 2 where one is damaged or of another version."""
    kept, cards, faults = regions(), [], dict[str, RegionError]()
    for name in kept.list():
        try:
            cards.append(kept.info(name))
        except RegionError as error:
            faults[name] = error
    done = output.BAD_INPUT if faults else output.DONE
    if as_json:
        output.write_json({"regions": [
            {"name": card.name, "path": str(card.path), "hash": card.content_hash, "edges": card.edges,
             "places": card.places, "bytes": card.size_bytes, "source": card.source,
             "attribution": card.attribution} for card in cards
        ], "refused": [
            {"name": name, "faults": [output.fault_json(each) for each in fault.faults]}
            for name, fault in faults.items()
        ]})  # fmt: skip
        return done
    for fault in faults.values():
        output.show_error(fault, as_json=False)
    if not cards and not faults:
        output.say("there is no region yet; build one: vado region build NAME --pbf FILE")
        return output.DONE
    rows = [
        (card.name, f"{card.edges:,}", f"{card.places:,}", f"{card.size_bytes / 1e6:.1f}", card.source)
        for card in cards
    ]
    if rows:
        output.out().print(output.table("", ["region", "edges>", "towns>", "MB>", "source"], rows))
    return done


def about(name: str) -> dict[str, Any]:
    """Give all that is known about a region as JSON values."""
    card = regions().info(name)
    meta = {key: _value(text) for key, text in card.meta.items()}
    return {
        "name": card.name, "hash": card.content_hash, "source": card.source, "attribution": card.attribution,
        "path": str(card.path), "bytes": card.size_bytes, "nodes": card.nodes, "edges": card.edges,
        "places": card.places, "profiles": meta.pop("profiles", list(card.profiles)),
        "notes": meta.pop("notes", []), **meta,
    }  # fmt: skip


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _tables(found: dict[str, Any]) -> list[Any]:
    counts, turns = found.get("counts", {}), found.get("restrictions", {})
    not_obeyed = ", ".join(f"{n:,} {why}" for why, n in turns.get("not_enforced", {}).items()) or "none"
    facts = [
        ("source", found["source"]),
        ("attribution", found["attribution"]),
        ("hash", found["hash"]),
        ("folder", found["path"]),
        ("size", f"{found['bytes'] / 1e6:.1f} MB"),
        ("graph", f"{found['nodes']:,} nodes, {found['edges']:,} edges"),
        ("heights", f"{found.get('nodes_with_height', 0):,} nodes"),
        ("roads", f"{counts.get('km', 0):,} km in {counts.get('ways_read', 0):,} ways"),
        ("ways shut to all", f"{counts.get('ways_shut', 0):,}"),
        ("ways with conditions", f"{counts.get('ways_conditional', 0):,}"),
        ("towns", ", ".join(f"{n:,} {kind}" for kind, n in found.get("place_kinds", {}).items()) or "none"),
        ("passes", ", ".join(sorted({name for name in found.get("passes", ()) if name})) or "none named"),
        ("turn restrictions", f"{turns.get('enforced', 0):,} of {turns.get('mapped', 0):,} obeyed"),
        ("not obeyed", not_obeyed),
        (
            "turning round",
            f"barred at {turns.get('u_turns_barred', 0):,} ends of roads behind forbidden turns, "
            f"free at {turns.get('u_turns_left', 0):,} far enough from them",
        ),
    ]
    classes = sorted(found.get("class_km", {}).items(), key=lambda row: -row[1])
    made = [
        output.table(f"region {found['name']}", ["what", "value"], facts),
        output.table("roads by class", ["class", "km>"], [(name, f"{km:,.1f}") for name, km in classes]),
    ]
    profiles = found["profiles"] if isinstance(found["profiles"], dict) else {}
    rows = [
        (name, f"{p['edge_km']:,.0f}", f"{p['main_edge_km']:,.0f}", f"{p['islands']:,}",
         ", ".join(p["towns_on_islands"]) or "-", ", ".join(p["towns_not_drivable"]) or "-")
        for name, p in profiles.items()
    ]  # fmt: skip
    made.append(output.table(
        "who can drive where", ["profile", "km>", "km in largest part>", "islands>", "towns on islands",
                                "towns out of reach"], rows,
    ))  # fmt: skip
    islands = [
        (name, i["part"], f"{i['edge_km']:,.1f}", i["nodes"], ", ".join(i["towns"]) or "-",
         f"{i['near']} ({i['near_km']:.1f} km)" if i.get("near") else "-")
        for name, p in profiles.items() for i in p["islands_listed"]
    ]  # fmt: skip
    if islands:
        heads = ["profile", "part>", "km>", "nodes>", "towns", "near"]
        title = "islands: parts that do not hang together with the rest"
        # Those with a town come first, then the longest.
        islands.sort(key=lambda row: (row[4] == "-", -float(row[2].replace(",", ""))))
        more = len(islands) - ISLANDS_SHOWN
        caption = f"and {more} more, see --json" if more > 0 else ""
        made.append(output.table(title, heads, islands[:ISLANDS_SHOWN], caption=caption))
    return made
