"""What a middling manufacturer buys: accounts, items and the words suppliers use for them.

All of it is made up. Prices are per piece in euros, as (lowest, highest).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final


@dataclass(frozen=True, slots=True)
class Item:
    """Something one can order."""

    name: str
    low: int
    high: int
    most: int  # the largest quantity of an order line


@dataclass(frozen=True, slots=True)
class Category:
    """One account and what is booked on it."""

    account: str
    name: str
    trade: str  # a word for the supplier's name
    items: tuple[Item, ...]


CATEGORIES: Final = (
    Category(
        "5010", "Raw materials", "Metals",
        (Item("Steel sheet 2 mm", 18, 40, 60), Item("Aluminium bar 40x10", 9, 25, 80),
         Item("Copper wire coil", 60, 140, 12), Item("Stainless tube 25 mm", 14, 30, 50)),
    ),
    Category(
        "5020", "Packaging", "Packaging",
        (Item("Folding carton 400x300", 1, 3, 600), Item("Stretch film roll", 6, 12, 80),
         Item("Pallet EUR 1200x800", 14, 24, 60), Item("Adhesive tape brown", 1, 3, 300)),
    ),
    Category(
        "5030", "Purchased parts", "Components",
        (Item("Ball bearing 6204", 4, 9, 200), Item("Hex bolt M8 zinc", 1, 2, 900),
         Item("Stepper motor NEMA 23", 38, 75, 20), Item("Hydraulic hose 1/2 inch", 12, 28, 40)),
    ),
    Category(
        "6020", "Office supplies", "Office",
        (Item("Copy paper A4 box", 18, 32, 40), Item("Toner cartridge black", 55, 120, 10),
         Item("Ring binder 80 mm", 2, 4, 150), Item("Desk chair ergonomic", 180, 420, 6)),
    ),
    Category(
        "6040", "IT equipment", "Computer",
        (Item("Notebook 14 inch 32 GB", 900, 1500, 4), Item("Monitor 27 inch", 190, 380, 8),
         Item("Docking station USB-C", 110, 220, 10), Item("Network switch 24 port", 240, 520, 4)),
    ),
    Category(
        "6060", "Software and licences", "Software",
        (Item("Subscription CAD seat", 140, 260, 12), Item("Licence office suite user", 9, 22, 120),
         Item("Backup cloud storage TB", 18, 40, 40), Item("Antivirus licence device", 3, 8, 200)),
    ),
    Category(
        "6080", "Cleaning", "Cleaning",
        (Item("Office cleaning month", 600, 1400, 2), Item("Window cleaning facade", 350, 900, 2),
         Item("Hand soap refill", 3, 7, 90), Item("Industrial wipes carton", 16, 34, 30)),
    ),
    Category(
        "6100", "Repairs and maintenance", "Maintenance",
        (Item("Inspection forklift", 120, 260, 6), Item("Repair compressor hour", 70, 120, 20),
         Item("Spare part gearbox seal", 18, 60, 20),
         Item("Calibration measuring device", 60, 150, 10)),
    ),
    Category(
        "6120", "Energy and water", "Energy",
        (Item("Electricity supply MWh", 110, 210, 12), Item("Natural gas supply MWh", 55, 110, 18),
         Item("District heating MWh", 80, 140, 12), Item("Water supply cubic metre", 2, 5, 400)),
    ),
    Category(
        "6140", "Freight", "Logistics",
        (Item("Freight pallet domestic", 45, 110, 24), Item("Parcel express national", 6, 14, 150),
         Item("Customs handling import", 60, 140, 6), Item("Storage pallet place week", 3, 7, 200)),
    ),
    Category(
        "6180", "Advertising", "Media",
        (Item("Banner print trade fair", 90, 260, 8), Item("Online campaign month", 400, 1500, 2),
         Item("Flyer print 1000", 60, 140, 12), Item("Photo shooting day", 500, 1200, 2)),
    ),
    Category(
        "6200", "Consulting", "Advisory",
        (Item("Consulting day senior", 800, 1300, 3), Item("Workshop process design", 900, 1900, 2),
         Item("Tax advice hour", 110, 210, 14), Item("Legal opinion contract", 500, 1600, 2)),
    ),
    Category(
        "6220", "Training", "Academy",
        (Item("Seminar welding course", 320, 640, 5), Item("Training first aid person", 40, 80, 20),
         Item("Language course month", 120, 260, 8), Item("Safety briefing session", 150, 320, 6)),
    ),
    Category(
        "6240", "Telephone and internet", "Telecom",
        (Item("Mobile tariff SIM month", 9, 28, 90), Item("Fibre line 1 Gbit month", 180, 420, 4),
         Item("SIP trunk channel", 4, 9, 60), Item("Roaming package", 8, 25, 30)),
    ),
    Category(
        "6260", "Temporary staff", "Personnel",
        (Item("Temporary worker hour", 24, 42, 90), Item("Shift supplement night", 6, 12, 120),
         Item("Picker warehouse hour", 22, 34, 90), Item("Forklift driver hour", 27, 40, 80)),
    ),
)  # fmt: skip
OTHER_ACCOUNTS: Final = {
    "1400": "Input tax",
    "2000": "Trade payables",
    "9990": "Clearing, to be coded",
}
# What suppliers write when they do not say what it was; any account may be meant.
UNCLEAR: Final = (
    "Services as agreed",
    "Flat rate according to contract",
    "Miscellaneous, see attachment",
    "Monthly settlement",
)
PLACES: Final = (
    ("DE", "Augsburg", "86150"), ("DE", "Bremen", "28195"), ("DE", "Chemnitz", "09111"),
    ("DE", "Dortmund", "44135"), ("DE", "Erfurt", "99084"), ("DE", "Kassel", "34117"),
    ("DE", "Leipzig", "04109"), ("DE", "Ulm", "89073"), ("DE", "Mainz", "55116"),
    ("AT", "Graz", "8010"), ("NL", "Utrecht", "3511"), ("FR", "Lille", "59000"),
    ("IT", "Torino", "10121"), ("CH", "Basel", "4051"), ("GB", "Leeds", "LS1 4DY"),
)  # fmt: skip
FAMILIES: Final = (
    "Adler", "Brandt", "Castell", "Dorn", "Eberle", "Falk", "Gruber", "Hartwig", "Imhof",
    "Jansen", "Kessler", "Lorenz", "Mertens", "Nolte", "Oster", "Pohl", "Quandt", "Reiter",
    "Sander", "Thoma", "Ulrich", "Vogt", "Winkler", "Zeller",
)  # fmt: skip
LEGAL_FORMS: Final = {
    "DE": "GmbH", "AT": "GmbH", "NL": "B.V.", "FR": "SARL", "IT": "S.r.l.", "CH": "AG",
    "GB": "Ltd",
}  # fmt: skip
RATES: Final = {  # euros for one unit; plausible, not any day's fixing
    "CHF": Decimal("1.0450"),
    "GBP": Decimal("1.1820"),
    "USD": Decimal("0.9150"),
    "SEK": Decimal("0.0890"),
}
NO_RATE: Final = "ISK"  # a currency nobody entered a rate for
