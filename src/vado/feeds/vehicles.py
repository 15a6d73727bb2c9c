"""Vehicle words: the classes of OpenStreetMap that a source's words for vehicles stand for.

In: a word of a feed ("heavyVehicle", "lorry", "bus"). Out: words for `Bound.classes`, () for every vehicle.
A word that nobody knows is None: the reader must not take it for nobody. Refuses to know what is done to
them.
"""

from __future__ import annotations

import re

# OSM's words: https://wiki.openstreetmap.org/wiki/Key:access, land-based transportation. `hgv` is over 3.5 t,
# `goods` up to it. `data/profiles.toml` says which of them each profile is.
_EVERY: tuple[str, ...] = ()
_CLASSES: dict[str, tuple[str, ...]] = {
    # DATEX II, VehicleTypeEnum (docs.datex2.eu); words of other feeds and of people follow.
    "anyvehicle": _EVERY,
    "allvehicles": _EVERY,
    "vehicle": _EVERY,
    "motorvehicle": _EVERY,
    "all": _EVERY,
    "heavyvehicle": ("hgv",),
    "heavygoodsvehicle": ("hgv",),
    "heavygoodsvehiclewithtrailer": ("hgv",),
    "largegoodsvehicle": ("hgv",),
    "longheavylorry": ("hgv",),
    "heavydutytransporter": ("hgv",),
    "lorry": ("hgv",),
    "articulatedvehicle": ("hgv",),
    "articulatedlorry": ("hgv",),
    "tanker": ("hgv",),
    "hgv": ("hgv",),
    "truck": ("hgv",),
    "camion": ("hgv",),
    "camiones": ("hgv",),
    # A side wind, or an arch, takes lorries and vans alike.
    "highsidedvehicle": ("hgv", "goods"),
    "goodsvehicle": ("hgv", "goods"),
    "deliveryvehicle": ("hgv", "goods"),
    "lightcommercialvehicle": ("goods",),
    "lightcommercialvehiclewithtrailer": ("goods",),
    "van": ("goods",),
    "furgoneta": ("goods",),
    "goods": ("goods",),
    "car": ("motorcar",),
    "lightvehicle": ("motorcar", "goods"),
    "carorlightvehicle": ("motorcar", "goods"),
    "carwithtrailer": ("motorcar",),
    "carwithcaravan": ("motorcar",),
    "smallcar": ("motorcar",),
    "largecar": ("motorcar",),
    "fourwheeldrive": ("motorcar",),
    "passengercar": ("motorcar",),
    "motorcar": ("motorcar",),
    "coche": ("motorcar",),
    "turismo": ("motorcar",),
    "bus": ("bus",),
    "coach": ("bus",),
    "minibus": ("bus",),
    "articulatedbus": ("bus",),
    "trolleybus": ("bus",),
    "articulatedtrolleybus": ("bus",),
    "autobus": ("bus",),
    "motorcycle": ("motorcycle",),
    "motorscooter": ("motorcycle",),
    "motorcyclewithsidecar": ("motorcycle",),
    "twowheeledvehicle": ("motorcycle",),
    "threewheeledvehicle": ("motorcycle",),
    "moped": ("moped",),
    "bicycle": ("bicycle",),
    "pedalcycle": ("bicycle",),
    "pedestrian": ("foot",),
    "agriculturalvehicle": ("agricultural",),
    "tractor": ("agricultural",),
    "motorhome": ("motorhome",),
    "constructionormaintenancevehicle": ("construction",),
    "tram": ("tram",),
    "metro": ("tram",),
    "4x4": ("motorcar",),
}
# Words that stand for drawing something, whatever draws it.
_TRAILERS = frozenset(
    {"vehiclewithtrailer", "carwithtrailer", "carwithcaravan", "vehiclewithcaravan", "caravan", "trailer",
     "towing", "lorrywithtrailer"}
)  # fmt: skip


def classes(word: str) -> tuple[str, ...] | None:
    """Give the classes that a word means, in any spelling; () is every vehicle, None is not known."""
    folded = re.sub(r"[^a-z0-9]", "", word[:60].casefold())
    singular = (folded, folded.removesuffix("s"), folded.removesuffix("es"))
    return next((_CLASSES[each] for each in singular if each in _CLASSES), None)


def means_trailer(word: str) -> bool:
    """Tell whether a word means a vehicle that draws another."""
    folded = re.sub(r"[^a-z0-9]", "", word[:60].casefold())
    return folded in _TRAILERS or folded.removesuffix("s") in _TRAILERS
