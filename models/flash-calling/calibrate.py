#!/usr/bin/env python3
"""Solves the calibrated rows of the flash-calling model, from the standard library alone.

The central case (every input at its median, so u = 1/2) is evaluated here by a second
implementation of the equations of README.md; numbers come from model.toml and its tables.

    python3 calibrate.py                      solve, print the rows as TOML
    python3 calibrate.py --write              solve, put the rows into model.toml
    python3 calibrate.py --check              fail if a row of model.toml is off by more than 1e-6
    python3 calibrate.py --central            central case of all outputs as JSON
    python3 calibrate.py --losses 75,215,375,340,295 --undetected 0.93,0.80,0.66,0.45,0.30
                                              rows of another admissible path
"""
import argparse
import csv
import json
import math
import re
import statistics
import sys
import tomllib
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
MODEL = FOLDER / "model.toml"

# What the publisher states, and what it leaves free (README.md, section 4). Money in USD.
REVENUE = (450e6 / 182.9, 450e6)  # 2023 and 2027; growth of 18,190 % is a factor of 182.9
PATHS = {
    "main": ((120e6, 245e6, 375e6, 320e6, 240e6), (0.93, 0.80, 0.67, 0.45, 0.28)),
    "late_losses": ((75e6, 215e6, 375e6, 340e6, 295e6), (0.93, 0.80, 0.66, 0.45, 0.30)),
    "early_losses": ((130e6, 260e6, 380e6, 325e6, 205e6), (0.93, 0.80, 0.67, 0.45, 0.28)),
}
DIGITS = 12


def logit(share):
    return math.log(share / (1.0 - share))


def logistic(score):
    return 1.0 / (1.0 + math.exp(-score))


def median_of(text):
    """Median of a distribution as the model writes it."""
    family, arguments = re.fullmatch(r"\s*(\w+)\((.*)\)\s*", text).groups()
    number = {}
    for name, value in re.findall(r"(\w+)\s*=\s*([-+0-9.eE]+)", arguments):
        number[name] = float(value)
    if family == "logit_normal":
        return number["median"]
    if family == "lognormal":
        if "max" not in number:
            return number["median"]
        # Truncated above: half of the probability that is left.
        normal = statistics.NormalDist(0.0, math.log(number["gsd"]))
        kept = normal.cdf(math.log(number["max"] / number["median"]))
        return number["median"] * math.exp(normal.inv_cdf(0.5 * kept))
    if family == "normal":
        if "min" in number and abs(number["min"] + number["max"] - 2.0 * number["mean"]) > 1e-12:
            raise ValueError(f"truncated off centre: {text}")
        return number["mean"]
    if family == "bernoulli":
        return 0.0 if 1.0 - number["p"] >= 0.5 else 1.0
    raise ValueError(f"no median known for {text}")


def rows(name):
    with open(FOLDER / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


class Member:
    """One country or one rest-of-region member, with its data."""

    def __init__(self, key, row):
        self.key = key
        self.region = row["region"]
        self.base_subscriptions = float(row["mobile_subscriptions"])
        self.population = float(row["population"])
        self.internet_percent = float(row["internet_users_pct"])
        self.subscription_year = None
        self.log_price = None


class Central:
    """The central case. Calibrated rows are attributes and can be changed."""

    def __init__(self, model):
        data = model["data"]
        self.median = {name: median_of(entry["is"]) for name, entry in model["inputs"].items()}
        first, last = model["dimensions"]["year"]["range"]
        self.years = list(range(first, last + 1))
        self.a2p = data["a2p_path"]["values"]
        self.world_odds = list(data["world_odds_calibrated"]["values"])
        self.rollout = list(data["rollout_calibrated"]["values"])
        self.monetised = [data["monetised_2023"]["value"], data["monetised_2027"]["value"]]
        self.scalar = {name: entry["value"] for name, entry in data.items() if "value" in entry}
        self.region = {row["region"]: row for row in rows("data/regions.csv")}
        self.read_members(data)

    def read_members(self, data):
        self.members = []
        for row in rows("data/countries.csv"):
            member = Member(row["iso3"], row)
            member.subscription_year = int(row["subscriptions_year"])
            self.members.append(member)
        for row in rows("data/rest_of_region.csv"):
            member = Member(row["code"], row)
            member.subscription_year = data["subscription_year"]["default"]
            self.members.append(member)
        where = data["list_price"]["where"]
        price = {
            row["iso3"]: float(row["price_usd_per_msg"])
            for row in rows("data/a2p_sms_price.csv")
            if row["provider"] == where["provider"] and row["list_date"] == str(where["list_date"])
        }
        for member in self.members:
            if member.key in price:
                member.log_price = math.log(price[member.key] / self.scalar["reference_price"])
        for member in self.members:
            if member.key not in price:
                peers = [m for m in self.members if m.region == member.region and m.key in price]
                weight = math.fsum(m.base_subscriptions for m in peers)
                member.log_price = (
                    math.fsum(m.base_subscriptions * m.log_price for m in peers) / weight
                )

    def year(self, index):
        """All quantities of one year by member: a list of dictionaries in the order of members."""
        m, scalar = self.median, self.scalar
        year = self.years[index]
        since = year - 2023

        # Authentication contacts.
        growth = [
            m["subscription_growth"] ** (year - member.subscription_year) for member in self.members
        ]
        users = [
            member.population * member.internet_percent / 100.0 * factor
            for member, factor in zip(self.members, growth)
        ]
        all_users = math.fsum(users)
        world_contacts = self.a2p[index] * m["a2p_error"] * m["authentication_share"]
        contacts = [world_contacts * user / all_users for user in users]

        # Propensity, and its contact-weighted mean.
        propensity = []
        for member in self.members:
            readable = float(self.region[member.region]["android_share"])
            if member.key == "JPN":
                readable = scalar["android_share_japan"]
            china = m["china_effect"] if member.key == "CHN" else 1.0
            propensity.append(math.exp(m["adoption_elasticity"] * member.log_price) * readable * china)
        mean_propensity = math.fsum(c * p for c, p in zip(contacts, propensity)) / world_contacts

        # Prices.
        first_contacts = self.a2p[0] * m["a2p_error"] * m["authentication_share"]
        value = (
            m["sms_revenue_2023"]
            * world_contacts
            / first_contacts
            * math.exp(m["sms_price_growth"] * since)
        )
        relative = [
            math.exp(m["price_exponent"] * member.log_price)
            * float(self.region[member.region]["price_drift_per_year"])
            ** (m["drift_passthrough"] * since)
            for member in self.members
        ]
        value_per_weight = value / math.fsum(c * r for c, r in zip(contacts, relative))

        start, end = (logit(share) for share in self.monetised)
        path = start + (end - start) * since / 4.0
        result = []
        for k, member in enumerate(self.members):
            x = member.log_price
            odds = self.world_odds[index] * m["adoption_level"] * propensity[k] / mean_propensity
            addressable = contacts[k] * scalar["call_per_message"]
            calls = addressable * odds / (1.0 + odds)
            rollout = logistic(logit(self.rollout[index]) + m["rollout_slope"] * x)
            identified = calls * rollout * m["detection_rate"]
            undetected = calls - identified
            share = logistic(path + (scalar["india_shift"] if member.key == "IND" else 0.0))
            if member.key == "JPN" and m["japan_blocks"] == 1.0:
                share = 0.0
            monetised = identified * share
            blocked = identified - monetised
            sms_price = value_per_weight * relative[k]
            price = sms_price * m["displaced_premium"]
            flash_price = price * m["price_ratio"] * math.exp(m["price_ratio_slope"] * x)
            displacement = m["displacement_level"] / scalar["call_per_message"]
            fallback = m["fallback_share"]
            displaced = displacement * (undetected + monetised + blocked * (1.0 - fallback))
            subscriptions = member.base_subscriptions * growth[k]
            false_positive = min(m["false_positive_level"], 0.02)
            wrongly = (
                subscriptions * m["legitimate_calls"] * rollout * false_positive * (1.0 - share)
            )
            arpu = float(self.region[member.region]["arpu_usd_month"])
            if member.key == "JPN":
                arpu = scalar["arpu_japan"]
            if member.key in ("ISR", "KWT", "QAT", "SAU", "ARE"):
                arpu = scalar["arpu_gulf"]
            lifetime = (
                arpu * m["service_margin"] / float(self.region[member.region]["churn_per_month"])
            )
            penalty = wrongly * (m["lost_call_value"] + m["churn_per_blocked_call"] * lifetime)
            losses = undetected * displacement * price
            revenue = monetised * flash_price
            recovered = blocked * displacement * fallback * price
            ott_calls = calls * m["ott_ratio"]
            result.append(
                {
                    "flash_calls_total": calls + ott_calls,
                    "revenue": revenue,
                    "losses_unmonetised": losses
                    + blocked * displacement * (1.0 - fallback) * price,
                    "margin": revenue - losses,
                    "net_position": revenue - displaced * price - penalty,
                    "detection_gain": revenue + recovered - penalty,
                    "subscriptions": subscriptions,
                    "flash_calls": calls,
                    "identified": identified,
                    "monetised": monetised,
                    "blocked": blocked,
                    "undetected": undetected,
                    "platform_revenue": (monetised + undetected)
                    * flash_price
                    / m["operator_share"],
                    "losses_undetected": losses,
                    "recovered": recovered,
                    "wrongly_blocked": wrongly,
                    "blocking_penalty": penalty,
                    "ott_users": m["ott_users_2023"]
                    * scalar["ott_growth"] ** since
                    * users[k]
                    / all_users,
                    "ott_flash_calls": ott_calls,
                    "ott_potential_loss": ott_calls * displacement * price,
                    "authentication_sms": contacts[k] - displaced,
                    "authentication_revenue": contacts[k] * sms_price - displaced * price,
                    "displaced_sms": displaced,
                    "addressable": addressable,
                }
            )
        return result

    def total(self, index, keep=lambda member: True):
        """Outputs of one year summed over the members kept; shares are ratios of sums."""
        cells = [cell for cell, member in zip(self.year(index), self.members) if keep(member)]
        total = {name: math.fsum(cell[name] for cell in cells) for name in cells[0]}
        total["undetected_share"] = total["undetected"] / total["flash_calls"]
        total["monetised_share"] = total["monetised"] / total["identified"]
        total["adoption"] = total["flash_calls"] / total.pop("addressable")
        return total


def bisect(function, low, high):
    """Root of a rising function to the last bit."""
    if not function(low) < 0.0 < function(high):
        raise ValueError("the target cannot be reached: no root between the bounds")
    while True:
        middle = 0.5 * (low + high)
        if middle in (low, high):
            return middle
        if function(middle) < 0.0:
            low = middle
        else:
            high = middle


def solve(central, losses, undetected):
    """Solves rollout and odds year by year (each moves the other a little), then the shares."""
    central.monetised = [0.5, 0.5]  # neither losses nor detection depend on them
    for index in range(len(central.years)):

        def excess_detection(score, index=index):
            central.rollout[index] = logistic(score)
            return undetected[index] - central.total(index)["undetected_share"]

        def excess_loss(log_odds, index=index):
            central.world_odds[index] = math.exp(log_odds)
            return central.total(index)["losses_undetected"] / losses[index] - 1.0

        central.world_odds[index] = 0.02
        for _ in range(30):
            central.rollout[index] = logistic(bisect(excess_detection, -12.0, 12.0))
            central.world_odds[index] = math.exp(bisect(excess_loss, -15.0, 8.0))
            if abs(excess_detection(logit(central.rollout[index]))) < 1e-14:
                break
    for end, index in ((0, 0), (1, len(central.years) - 1)):

        def excess_revenue(score, end=end, index=index):
            central.monetised[end] = logistic(score)
            return central.total(index)["revenue"] / REVENUE[end] - 1.0

        central.monetised[end] = logistic(bisect(excess_revenue, -12.0, 20.0))
    verify(central, losses, undetected, 1e-9)


def verify(central, losses, undetected, bound):
    """Stops unless every statement holds within `bound` (relative) and in its order."""
    totals = [central.total(index) for index in range(len(central.years))]
    for total, loss, share in zip(totals, losses, undetected):
        for found, wanted in (
            (total["losses_undetected"], loss),
            (total["undetected_share"], share),
        ):
            if not abs(found / wanted - 1.0) <= bound:
                sys.exit(f"statement missed: {found} instead of {wanted}")
    for total, revenue in ((totals[0], REVENUE[0]), (totals[-1], REVENUE[1])):
        if not abs(total["revenue"] / revenue - 1.0) <= bound:
            sys.exit(f"statement missed: revenue {total['revenue']} instead of {revenue}")
    above = [total["revenue"] > total["losses_undetected"] for total in totals]
    if above != [False, False, False, False, True]:
        sys.exit(f"revenue is not above losses first in the last year: {above}")
    loss = [total["losses_undetected"] for total in totals]
    if not loss[2] > loss[3] > loss[4]:
        sys.exit(f"losses do not fall from 2026: {loss}")


def digits(number):
    return f"{number:#.{DIGITS}g}"


def data_rows(central):
    """The calibrated rows under [data], as (node, key, text)."""
    return [
        ("world_odds_calibrated", "values", "[" + ", ".join(map(digits, central.world_odds)) + "]"),
        ("rollout_calibrated", "values", "[" + ", ".join(map(digits, central.rollout)) + "]"),
        ("monetised_2023", "value", digits(central.monetised[0])),
        ("monetised_2027", "value", digits(central.monetised[1])),
    ]


def scenario_rows(central):
    """The same rows as overrides of a scenario, as (node, text)."""

    def path(values):
        pairs = zip(central.years, values)
        return "'interpolate(year, {" + ", ".join(f"{y}: {digits(v)}" for y, v in pairs) + "})'"

    first, last = map(digits, central.monetised)
    return [
        ("world_odds", path(central.world_odds)),
        ("rollout_path", path(central.rollout)),
        (
            "monetised_path",
            f"'interpolate(year, {{2023: logit({first}), 2027: logit({last})}})'",
        ),
    ]


def solved(model, path):
    central = Central(model)
    solve(central, *path)
    return central


def replaced(text, header, key, value):
    """`text` with the value of `key` in the table `header` replaced."""
    pattern = rf"(^\[{re.escape(header)}\]\n(?:(?!\[).*\n)*?{re.escape(key)} = )[^\n]*"
    found, count = re.subn(pattern, lambda match: match[1] + value, text, flags=re.MULTILINE)
    if count != 1:
        sys.exit(f"model.toml: expected one {key} in [{header}], found {count}")
    return found


def write(model):
    text = MODEL.read_text(encoding="utf-8")
    for node, key, value in data_rows(solved(model, PATHS["main"])):
        text = replaced(text, f"data.{node}", key, value)
    for name in ("late_losses", "early_losses"):
        for node, value in scenario_rows(solved(model, PATHS[name])):
            text = replaced(text, f"scenarios.{name}", f"set.{node}", value)
    MODEL.write_text(text, encoding="utf-8")


def numbers(text):
    """Numbers of a row; the years of `interpolate` come out alike on both sides."""
    return [float(number) for number in re.findall(r"[-+]?\d+\.?\d*(?:[eE][-+]?\d+)?", str(text))]


def check(model):
    """Compares every calibrated row with a fresh solution."""
    pairs = []
    for node, key, value in data_rows(solved(model, PATHS["main"])):
        pairs.append((f"data.{node}", model["data"][node][key], value))
    for name in ("late_losses", "early_losses"):
        for node, value in scenario_rows(solved(model, PATHS[name])):
            pairs.append((f"scenarios.{name}.{node}", model["scenarios"][name]["set"][node], value))
    failed = False
    for place, held, wanted in pairs:
        held, wanted = numbers(held), numbers(wanted)
        if len(held) != len(wanted) or not all(
            abs(h - w) <= 1e-6 * abs(w) for h, w in zip(held, wanted)
        ):
            print(f"{place}: the model has {held}, solved {wanted}", file=sys.stderr)
            failed = True
    if failed:
        sys.exit(1)
    # Twelve digits in the file leave the statements within 1e-9.
    verify(Central(model), *PATHS["main"], 1e-9)
    print(f"{len(pairs)} calibrated rows hold")


def central_case(model):
    central = Central(model)
    years = range(len(central.years))

    def table(keep):
        totals = [central.total(index, keep) for index in years]
        return {
            name: {str(central.years[index]): totals[index][name] for index in years}
            for name in model["outputs"]
        }

    return {
        "about": "Central case (every input at its median) by calibrate.py, which shares no code with the engine.",
        "command": "python3 calibrate.py --central > central.json",
        "world": table(lambda member: True),
        "region": {
            name: table(lambda member, name=name: member.region == name) for name in central.region
        },
        "country": {
            key: table(lambda member, key=key: member.key == key)
            for key in ("USA", "BRA", "DEU", "RUS", "CHN", "JPN", "IND", "IDN", "NGA", "ARE")
        },
    }


def parse_path(text, scale):
    values = tuple(float(part) * scale for part in text.split(","))
    if len(values) != 5:
        sys.exit(f"expected five numbers, one per year, in {text}")
    return values


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--check", action="store_true", help="compare model.toml with the solution")
    action.add_argument("--write", action="store_true", help="put the solution into model.toml")
    action.add_argument("--central", action="store_true", help="central case as JSON")
    parser.add_argument("--losses", help="five yearly losses in million USD")
    parser.add_argument("--undetected", help="five yearly undetected shares")
    arguments = parser.parse_args()
    other = arguments.losses or arguments.undetected
    if other and (arguments.check or arguments.write or arguments.central):
        parser.error("--losses and --undetected only print rows")
    with open(MODEL, "rb") as file:
        model = tomllib.load(file)
    if arguments.check:
        check(model)
    elif arguments.write:
        write(model)
    elif arguments.central:
        print(json.dumps(central_case(model), indent=1, ensure_ascii=False))
    else:
        losses, undetected = PATHS["main"]
        if arguments.losses:
            losses = parse_path(arguments.losses, 1e6)
        if arguments.undetected:
            undetected = parse_path(arguments.undetected, 1.0)
        central = solved(model, (losses, undetected))
        if other:
            for node, value in scenario_rows(central):
                print(f"set.{node} = {value}")
        else:
            for node, key, value in data_rows(central):
                print(f"[data.{node}]\n{key} = {value}")


if __name__ == "__main__":
    main()
