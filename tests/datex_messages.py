"""DATEX II messages as tests write them: our own, invented, in the words of both versions."""

from __future__ import annotations

HEARD_S = 1_768_035_600  # 2026-01-10T09:00:00Z
SENT = "2026-01-10T09:00:00Z"
LINE = '<gmlLineString srsName="WGS 84"><posList>42.50 1.50 42.51 1.51 42.52 1.53</posList></gmlLineString>'
ACTIVE = "<validityStatus>active</validityStatus>"
TIMED = "<validityStatus>definedByValidityTimeSpec</validityStatus>"
_XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'


def place(inside: str = LINE, *, carriageway: str = "", road: str = "", type_: str = "LinearLocation") -> str:
    """Write a location reference; `carriageway` is what stands inside its description."""
    named = f"<roadInformation><roadName>{road}</roadName></roadInformation>" if road else ""
    about = f"<supplementaryPositionalDescription>{carriageway}{named}</supplementaryPositionalDescription>"
    about = about if carriageway or road else ""
    return f'<locationReference xsi:type="{type_}">{about}{inside}</locationReference>'


def lane(usage: str, carriageway: str = "unspecifiedCarriageway", extended: str = "") -> str:
    said = (
        f'<laneUsage _extendedValue="{extended}">_extended</laneUsage>'
        if extended
        else f"<laneUsage>{usage}</laneUsage>"
    )
    inside = f"<lane>{said}</lane>" if usage or extended else ""
    return f"<carriageway><carriageway>{carriageway}</carriageway>{inside}</carriageway>"


def for_vehicles(*types: str, inside: str = "") -> str:
    listed = "".join(f"<vehicleType>{each}</vehicleType>" for each in types)
    return f"<forVehiclesWithCharacteristicsOf>{listed}{inside}</forVehiclesWithCharacteristicsOf>"


def measure(name: str, value: str, operator: str = "greaterThan", more: str = "") -> str:
    """Write a characteristic: measure("height", "3.5")."""
    tag = {"height": "vehicleHeight", "width": "vehicleWidth", "length": "vehicleLength",
           "grossWeight": "grossVehicleWeight", "heaviestAxleWeight": "heaviestAxleWeight"}[name]  # fmt: skip
    return (
        f"<{name}Characteristic><comparisonOperator>{operator}</comparisonOperator><{tag}>{value}"
        f"</{tag}>{more}"
        f"</{name}Characteristic>"
    )


def record(
    type_: str,
    inside: str,
    *,
    id_: str = "r1",
    validity: str = ACTIVE,
    start: str = "2026-01-10T08:00:00Z",
    end: str = "",
    periods: str = "",
    where: str | None = None,
    version: str = SENT,
) -> str:
    times = (f"<overallStartTime>{start}</overallStartTime>" if start else "") + (
        f"<overallEndTime>{end}</overallEndTime>" if end else ""
    )
    return (
        f'<situationRecord xsi:type="{type_}" id="{id_}" version="1">'
        f"<situationRecordVersionTime>{version}</situationRecordVersionTime>"
        f"<validity>{validity}<validityTimeSpecification>{times}{periods}</validityTimeSpecification>"
        "</validity>"
        f"{place() if where is None else where}{inside}</situationRecord>"
    )


def managed(word: str, inside: str = "", **other: str | None) -> str:
    """Write a record of road management: managed("roadClosed")."""
    ends = f"{inside}<roadOrCarriagewayOrLaneManagementType>{word}</roadOrCarriagewayOrLaneManagementType>"
    return record("RoadOrCarriagewayOrLaneManagement", ends, **other)  # type: ignore[arg-type]


def situation(*records: str, id_: str = "s1", status: str = "real") -> str:
    head = f"<headerInformation><informationStatus>{status}</informationStatus></headerInformation>"
    return f'<situation id="{id_}">{head}{"".join(records)}</situation>'


def v3(
    *situations: str, published: str = SENT, country: str = "es", publication: str = "SituationPublication"
) -> bytes:
    return (
        f'<payload xmlns="http://datex2.eu/schema/3/d2Payload" {_XSI} xsi:type="sit:{publication}">'
        f"<publicationTime>{published}</publicationTime><publicationCreator><country>{country}</country>"
        f"<nationalIdentifier>TEST</nationalIdentifier></publicationCreator>{''.join(situations)}</payload>"
    ).encode()


def v2(*situations: str, published: str = SENT) -> bytes:
    return (
        f'<d2LogicalModel xmlns="http://datex2.eu/schema/2/2_0" {_XSI} modelBaseVersion="2"><exchange>'
        "<supplierIdentification><country>fr</country><nationalIdentifier>TEST</nationalIdentifier>"
        '</supplierIdentification></exchange><payloadPublication xsi:type="SituationPublication">'
        f"<publicationTime>{published}</publicationTime>{''.join(situations)}</payloadPublication>"
        "</d2LogicalModel>"
    ).encode()
