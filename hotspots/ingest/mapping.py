"""Which column of a file is which: read from a TOML file, or guessed and shown."""

from collections.abc import Iterable
from pathlib import Path
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from hotspots.errors import InputRefused, Problem, problems_of
from hotspots.ingest.headers import plain
from hotspots.schemas import Level
from hotspots.textfiles import read_toml

_SYNONYMS = {
    mine: words.split()
    for mine, words in {
        "area_code": """
            buurtcode bu_code buurt_code wijkcode wk_code wijk_code stadsdeelcode sd_code
            gemeentecode gm_code gebiedscode verzorgingsgebied verzorgingsgebiedcode vg_code
            area_code wijken_en_buurten regio_s regios code statcode""",
        "area_name": """
            buurtnaam bu_naam wijknaam wk_naam stadsdeelnaam sd_naam gemeentenaam gm_naam
            verzorgingsgebiednaam gebiedsnaam area_name statnaam naam name""",
        "parent_code": "parent_code stadsdeelcode sd_code stadsdeel bovenliggend",
        "dwellings": """
            woningen aantal_woningen woningvoorraad dwelling_total dwellings aantal_won
            woningen_totaal voorraad_woningen""",
        "year": "jaar year verslagjaar",
        "month": "maand month maandnummer maandnr",
        "period": """
            periode perioden period peilmaand jaarmaand jaar_maand datum maand month""",
        "category": """
            delictcode delict_code klasse klassecode maatschappelijke_klasse soort_misdrijf
            subcategorie categorie category incidentcode feitcode thema theme crime_type delict""",
        "id": """
            registratienummer registratie_id incidentnummer melding_id meldingnummer zaaknummer
            incident_id crime_id id""",
        "x": "x x_coordinaat x_coord xcoord x_rd rd_x longitude lon lng lengtegraad",
        "y": "y y_coordinaat y_coord ycoord y_rd rd_y latitude lat breedtegraad",
        "start": """
            begindatum begin_datum begin pleegdatum pleegdatum_begin aangemaakt_op datum_tijd
            datumtijd incidentdatum meldingsdatum start start_date datum date""",
        "start_time": "begintijd begin_tijd pleegtijd tijd tijdstip start_time time",
        "end": "einddatum eind_datum einde pleegdatum_eind end end_date",
        "end_time": "eindtijd eind_tijd end_time",
        "initiator": "initiatief initiatiefnemer initiator",
        "attempt": "attempt poging poging_voltooid voltooid_poging",
        "count": """
            aantal count aantal_incidenten incidenten geregistreerde_misdrijven
            geregistreerde_misdrijven_1 aantal_registraties registraties n""",
        "round": "ronde round halfjaar half_jaar half_year peilmoment peildatum datum date",
        "group_id": "groep groep_id groepscode groepsnummer groepnummer group_id group code",
        "network": "netwerk netwerk_id netwerkcode network network_id parent_network",
        "label": "label groepslabel risicolabel risk_label",
        "confidence": "zekerheid betrouwbaarheid confidence",
        "themes": "themas thema_s themes thema theme",
        "lead_body": "trekker regie regievoerder lead_body lead",
        "kind": """
            soort kind type gebeurtenis functie function bgt_functie fysiek_voorkomen
            bgt_fysiekvoorkomen""",
        "name": "naam name omschrijving titel title",
        "level": "niveau gebiedsniveau level",
        "site_id": """
            paal paalnummer paal_id mast mastnummer mast_id lichtmast lichtmastnummer locatie
            locatie_id site_id site objectnummer id""",
        "camera_id": "camera cameranummer camera_nr camera_id id",
        "camera_class": "klasse cameraklasse camera_class class soort categorie",
        "camera_type": "type cameratype type_camera camera_type model",
        "watched_from": "uitkijk_van uitkijk_vanaf uitkijkperiode_van watched_from",
        "watched_until": "uitkijk_tot uitkijk_tot_en_met uitkijkperiode_tot watched_until",
        "azimuth_deg": """
            richting richting_graden kijkrichting azimut azimuth azimuth_deg heading orientatie
            orientation""",
        "power": "stroom stroomvoorziening voeding power",
        "mounting_height_m": """
            montagehoogte montagehoogte_m lichtpunthoogte lichtpunthoogte_m masthoogte
            mounting_height mounting_height_m hoogte_m hoogte height_m height""",
        "height_m": "hoogte_m hoogte gebouwhoogte bouwhoogte height_m height building_height",
        "top_m": """
            dakhoogte dakhoogte_nap nokhoogte top_m b3_h_dak_70p b3_h_70p b3_h_dak_max b3_h_max
            zmax ridge roof_m""",
        "ground_m": """
            maaiveld_m maaiveld maaiveldhoogte b3_h_maaiveld ground_m ground ground_height zmin""",
        "street_name": "straatnaam straat stt_naam street_name street naam name",
    }.items()
}
"""What a column may be called, in plain form (see :func:`plain`); the first that fits is taken."""


class Columns(BaseModel):
    """The name in the file of each column that is used."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    area_code: str | None = Field(None, description="Code of the area.")
    area_name: str | None = Field(None, description="Name of the area.")
    parent_code: str | None = Field(None, description="Code of the area one level up.")
    dwellings: str | None = Field(None, description="Number of dwellings, never inhabitants.")
    year: str | None = Field(None, description="Year, where year and month are apart.")
    month: str | None = Field(None, description="Month (number or name), beside a year.")
    period: str | None = Field(None, description="Month or date in one column.")
    category: str | None = Field(None, description="Code that the category table explains.")
    attempt: str | None = Field(None, description="Completed (voltooid) or attempted (poging).")
    count: str | None = Field(None, description="Number of incidents.")
    id: str | None = Field(None, description="Number of the registration, to find duplicates.")
    x: str | None = Field(None, description="Coordinate to the east, or longitude.")
    y: str | None = Field(None, description="Coordinate to the north, or latitude.")
    start: str | None = Field(None, description="Date or date and time of the start.")
    start_time: str | None = Field(None, description="Time of the start, beside its date.")
    end: str | None = Field(None, description="Date or date and time of the end.")
    end_time: str | None = Field(None, description="Time of the end, beside its date.")
    initiator: str | None = Field(None, description="Citizen (burger) or police (politie).")
    round: str | None = Field(None, description="Half year of a group scan, or a date in it.")
    group_id: str | None = Field(None, description="Pseudonymous code of a group.")
    network: str | None = Field(None, description="Pseudonymous code of a group's network.")
    label: str | None = Field(None, description="Label of a group: laag, midden or hoog.")
    confidence: str | None = Field(None, description="How sure a group's row is.")
    themes: str | None = Field(None, description="Themes of a group.")
    lead_body: str | None = Field(None, description="Who leads the approach of a group.")
    kind: str | None = Field(None, description="Kind of an event.")
    name: str | None = Field(None, description="Short name of an event, never of a person.")
    level: str | None = Field(None, description="Level of an event's area.")
    site_id: str | None = Field(None, description="Code of a post or a facade.")
    camera_id: str | None = Field(None, description="Code of a camera.")
    camera_class: str | None = Field(None, description="Vast, flexibel or stadion.")
    camera_type: str | None = Field(None, description="Name of a camera type in the policy.")
    watched_from: str | None = Field(None, description="First day of live viewing.")
    watched_until: str | None = Field(None, description="Last day of live viewing.")
    azimuth_deg: str | None = Field(None, description="Direction in degrees from north.")
    power: str | None = Field(None, description="Whether there is power day and night.")
    mounting_height_m: str | None = Field(None, description="Metres above the ground.")
    height_m: str | None = Field(None, description="Height of a building above the ground.")
    top_m: str | None = Field(None, description="Height of the roof in the datum of the ground.")
    ground_m: str | None = Field(None, description="Height of the ground in its datum.")
    street_name: str | None = Field(None, description="Name of a street.")

    def used(self) -> dict[str, str]:
        """Return our name -> name in the file, of the columns that are mapped."""
        return self.model_dump(exclude_none=True)


class Mapping(BaseModel):
    """How to read one kind of file."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    source: str | None = Field(
        None, description="Name of the source; a newer file of a source supersedes an older one."
    )
    level: Level | None = Field(None, description="Level of the areas in the file.")
    layer: str | None = Field(None, description="Layer of a GeoPackage or sheet of a workbook.")
    crs: str | None = Field(None, description="CRS of the coordinates where the file lacks one.")
    timezone: str | None = Field(
        None,
        description="Zone, such as Europe/Amsterdam, of local time; times that carry an "
        "offset are converted to it.",
    )
    zeros_omitted: bool = Field(
        False, description="Whether the source leaves out areas and months with 0 incidents."
    )
    columns: Columns = Field(default_factory=Columns)

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str | None) -> str | None:
        if name is not None and name not in available_timezones():
            raise ValueError("this is not a time zone; write for example Europe/Amsterdam")
        return name

    def layer_as_text(self) -> dict[str, str]:
        """Return the layer, if one is named, for the record of a delivery."""
        return {"layer": self.layer} if self.layer else {}


def load_mapping(path: Path | None) -> Mapping:
    """Read a mapping; without one, everything is guessed.

    Raises
    ------
    InputRefused
        Naming everything wrong at once.
    """
    if path is None:
        return Mapping()
    remedy = "Compare the mapping with the example in the README."
    content = read_toml(path, refusal=InputRefused, remedy=remedy)
    try:
        return Mapping.model_validate(content)
    except ValidationError as refusal:
        raise InputRefused(problems_of(refusal, remedy=remedy, file=path.name)) from None


def candidates(mine: str, names: Iterable[str]) -> list[str]:
    """Return the columns in the file that may be `mine`, the likeliest first."""
    by_plain_name = {plain(name): name for name in names}
    return [by_plain_name[word] for word in _SYNONYMS[mine] if word in by_plain_name]


def complete_columns(
    given: Columns, names: Iterable[str], *, wanted: Iterable[str], file: str
) -> Columns:
    """Return `given` with what it leaves open guessed from the `names` in the file.

    Raises
    ------
    InputRefused
        When a given column is not in the file.
    """
    names = list(names)
    absent = [
        Problem(
            f"The mapping names this column for {mine}, but the file does not have it.",
            f"The columns are: {', '.join(names)}.",
            file=file,
            column=theirs,
        )
        for mine, theirs in given.used().items()
        if theirs not in names
    ]
    if absent:
        raise InputRefused(absent)
    chosen = given.model_dump()
    for mine in wanted:
        if chosen[mine] is None:
            taken = set(chosen.values())
            free = (name for name in candidates(mine, names) if name not in taken)
            chosen[mine] = next(free, None)
    return Columns(**chosen)


def require_columns(
    columns: Columns, required: Iterable[str], names: Iterable[str], *, file: str
) -> None:
    """Refuse a file in which required columns were neither given nor recognised.

    Raises
    ------
    InputRefused
        One problem per column that lacks, with a line of mapping that would mend it.
    """
    used = columns.used()
    lacking = [
        Problem(
            f"No column was recognised as {mine} ({Columns.model_fields[mine].description})",
            f'Name it in a mapping: [columns] {mine} = "…"; the columns are: {", ".join(names)}.',
            file=file,
        )
        for mine in required
        if mine not in used
    ]
    if lacking:
        raise InputRefused(lacking)
