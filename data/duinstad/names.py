"""Street names: invented, Dutch in form, and each used once in the city."""

import numpy as np

_STEMS: dict[str, str] = {
    "flowers": """
    Akelei Anemoon Anjelier Aster Begonia Brem Dahlia Duizendblad Ereprijs Fresia Gentiaan
    Goudsbloem Heide Hyacint Iris Jasmijn Kamille Klaproos Korenbloem Krokus Lavendel Lelie
    Lupine Madelief Margriet Meidoorn Mimosa Narcis Ooievaarsbek Papaver Primula Ridderspoor
    Rozemarijn Salie Sering Sleutelbloem Tijm Tulpen Valeriaan Vergeetmijniet Viooltjes
    Zinnia
    """,
    "birds": """
    Aalscholver Appelvink Bergeend Blauwborst Boerenzwaluw Bontbekplevier Braamsluiper
    Buizerd Duinpieper Eider Ekster Fazant Fuut Gors Groenling Grutto Havik Houtduif
    IJsvogel Kauw Kemphaan Kievit Kluut Koekoek Kwartel Leeuwerik Lepelaar Lijster Meerkoet
    Merel Nachtegaal Oeverloper Patrijs Putter Reiger Rietgors Roodborst Scholekster Sperwer
    Spreeuw Tureluur Uil
    """,
    "sea": """
    Anker Bakboord Barkas Boegspriet Boei Botter Brik Dekzwabber Fokkenmast Fregat Galjoen
    Gaffel Garnalen Haring Helmstok Jol Kabeljauw Kiel Klipper Kompas Kreeft Loods Logger
    Loefzijde Makreel Marlijn Meerpaal Mossel Oester Platvis Roer Schelvis Schoener Schol
    Sextant Stuurboord Tarbot Tjalk Tong Touw Wrak Zeebaars Zeester
    """,
    "crafts": """
    Bakker Ketellapper Kuiper Lantaarn Leerlooier Mandenmaker Metselaar Molenaar Papiermaker
    Pottenbakker Rietdekker Rokjesmaker Scharensliep Schoenlapper Schrijnwerker Smid Spinner
    Steenhouwer Stoelenmatter Stoker Strijkster Stukadoor Tegelzetter Timmer Tingieter
    Touwslager Turfsteker Verver Visroker Vollers Wagenmaker Warmoezenier Wever Wolkammer
    Zadelmaker Zakkendrager Zeepzieder Zeilmaker Zilversmid Zoutzieder
    """,
    "trees": """
    Abeel Acacia Amandel Beuken Berken Ceder Cipres Dennen Douglas Eiken Elzen Esdoorn Essen
    Fijnspar Ginkgo Grenen Hazelaar Hulst Iepen Jeneverbes Kardinaalsmuts Kastanje Kornoelje
    Kweepeer Lariks Linden Lijsterbes Meelbes Mispel Moerbei Notelaar Olijfwilg Peppel
    Plataan Populier Spar Sleedoorn Taxus Tulpenboom Veldesdoorn Vlier Vogelkers Walnoot
    Wilgen
    """,
    "land": """
    Aardappel Akker Boekweit Boter Bonen Braakland Deel Dorsvloer Druiven Eg Erwten Gaarde
    Gerst Greppel Haver Hooiberg Hooischelf Hop Kaas Karwij Klaver Klei Koolzaad Koren
    Kruiwagen Linzen Lucerne Maaiveld Melkbus Oogst Ploeg Rogge Schoven Sikkel Slobkousen
    Spelt Tarwe Vlas Voren Weide Zaaier Zeis
    """,
    "sky": """
    Avondrood Bliksem Bries Dageraad Dauw Donder Eclips Evenaar Flonker Hagel Halo Hemel
    Horizon IJzel Komeet Maan Meteoor Mist Morgenster Nevel Noorderlicht Noordenwind
    Oostenwind Orion Passaat Poolster Regenboog Rijp Schemer Sneeuw Ster Stormvogel Stratus
    Stuifzand Westenwind Winterkoning Wolken Zenit Zefier Zomer Zonnewende Zuidenwind
    """,
    "stones": """
    Agaat Albast Amber Amethist Barnsteen Basalt Beril Bergkristal Brons Diamant Email Flint
    Gips Goud Graniet Granaat Grind IJzer Jade Kalksteen Kiezel Klinker Koper Koraal Kristal
    Kwarts Lazuur Leem Leisteen Malachiet Marmer Messing Obsidiaan Onyx Opaal Parel Porfier
    Puimsteen Robijn Saffier Smaragd Tin Topaas Toermalijn Turkoois Vuursteen Zandsteen
    Zilver Zwavel
    """,
}
_ENDINGS = ("straat", "laan", "weg", "hof", "pad", "plein", "kade", "singel", "dreef", "steeg")


def street_names(count: int, rng: np.random.Generator) -> list[str]:
    """Return names for streets, theme after theme so that neighbours share one.

    Parameters
    ----------
    count
        How many streets there are, in an order that keeps neighbours together.
    rng
        Shuffles the names within a theme.

    Returns
    -------
        One name per street; after the last pair of stem and ending a name is used again with
        ``Eerste``, ``Tweede`` and so on in front.
    """
    pairs: list[str] = []
    for theme in rng.permutation(list(_STEMS)):
        themed = [_join(stem, ending) for stem in _STEMS[str(theme)].split() for ending in _ENDINGS]
        pairs += [themed[i] for i in rng.permutation(len(themed))]
    ordinals = ("", "Nieuwe ", "Eerste ", "Tweede ", "Derde ", "Vierde ", "Vijfde ")
    return [ordinals[i // len(pairs)] + pairs[i % len(pairs)] for i in range(count)]


def _join(stem: str, ending: str) -> str:
    return stem + ("s" if ending in {"weg", "hof", "pad"} and stem.endswith("er") else "") + ending
