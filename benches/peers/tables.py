"""The numbers of the flagship's folder as arrays, and the order of members, places and outputs that the Python peers share."""

import csv
import tomllib
from pathlib import Path

import numpy as np

YEARS = 5
FIRST_YEAR = 2023
OUTPUTS = (
    "flash_calls_total revenue losses_unmonetised margin net_position detection_gain subscriptions flash_calls identified monetised blocked "
    "undetected undetected_share monetised_share platform_revenue losses_undetected recovered wrongly_blocked blocking_penalty ott_users "
    "ott_flash_calls ott_potential_loss authentication_sms authentication_revenue adoption displaced_sms"
).split()
CROSSINGS = ["revenue_over_loss", "net_of_penalties"]
LEVELS = [0.01, 0.025, *[round(0.05 * k, 2) for k in range(1, 20)], 0.975, 0.99]


class Tables:
    """Members are the eight rest-of-region ones, then 60 countries; places are the 60 countries, eight regions and the world.

    So an array of 77 rows (members, regions, world) holds all members in rows 0 … 67 and all places in rows 8 … 76.
    """

    def __init__(self, folder: Path):
        def rows(name):
            with (folder / "data" / name).open(newline="", encoding="utf-8") as file:
                return list(csv.DictReader(file))

        regions = rows("regions.csv")
        names = [row["region"] for row in regions]
        countries, rest = rows("countries.csv"), rows("rest_of_region.csv")
        members = rest + countries
        self.n_rest = len(rest)
        self.keys = [row["code"] for row in rest] + [row["iso3"] for row in countries]
        self.places = self.keys[self.n_rest :] + names + ["world"]
        self.region = np.array([names.index(row["region"]) for row in members])
        self.reported = np.arange(len(members)) >= self.n_rest

        def column(name):
            return np.array([float(row[name]) for row in members])

        self.subscriptions = column("mobile_subscriptions")
        self.users = column("population") * column("internet_users_pct") / 100
        years = [2024] * self.n_rest + [int(row["subscriptions_year"]) for row in countries]
        self.years_to_first = FIRST_YEAR - np.array(years, dtype=float)
        prices = {
            row["iso3"]: float(row["price_usd_per_msg"])
            for row in rows("a2p_sms_price.csv")
            if row["provider"] == "Telesign" and row["list_date"] == "2023-04-24"
        }
        # (1); the rest of a region takes the mean of its listed countries, weighted by subscriptions.
        x = np.zeros(len(members))
        x[self.reported] = [np.log(prices[key] / 0.08) for key in self.keys[self.n_rest :]]
        for k in range(self.n_rest):
            listed = self.reported & (self.region == self.region[k])
            x[k] = np.average(x[listed], weights=self.subscriptions[listed])
        self.log_price = x

        by_region = {name: np.array([float(row[name]) for row in regions]) for name in regions[0] if name.endswith(("share", "year", "month"))}
        self.drift = by_region["price_drift_per_year"]
        self.churn = by_region["churn_per_month"]
        self.android = by_region["android_share"][self.region]
        self.android[self.keys.index("JPN")] = 0.40
        self.arpu = by_region["arpu_usd_month"][self.region]
        self.arpu[self.keys.index("JPN")] = 44
        for key in ("ISR", "KWT", "QAT", "SAU", "ARE"):
            self.arpu[self.keys.index(key)] = 13
        wide = np.isin(self.keys, ["KWT", "PHL", "NGA", "UKR"])
        self.subscription_sd = np.log(np.where(wide, 1.10, 1.03))
        self.adoption_sd = np.where(self.reported, 0.80, 0.50)
        self.price_sd = np.where(self.reported, 0.28, 0.50)
        self.japan, self.china, self.india = (self.keys.index(key) for key in ("JPN", "CHN", "IND"))

        data = tomllib.loads((folder / "model.toml").read_text(encoding="utf-8"))["data"]
        self.a2p = np.array(data["a2p_path"]["values"])
        self.world_odds = np.array(data["world_odds_calibrated"]["values"])
        self.rollout = np.array(data["rollout_calibrated"]["values"])
        first, last = (logit(data[name]["value"]) for name in ("monetised_2023", "monetised_2027"))
        self.monetised = np.linspace(first, last, YEARS)
        # Sums by region, and of all: [9 × members].
        self.sums = np.vstack([self.region == r for r in range(len(regions))] + [np.ones(len(members), bool)]).astype(float)
        self.n_members, self.n_regions, self.n_places = len(members), len(regions), len(self.places)


def logit(p):
    return np.log(p / (1 - p))
