"""What another program finds of planted secrets beside Koda.

`python -m benchmarks.second_look` prints, for the corpus of `benchmarks.secrets` and for tokens of
providers of which Koda has no pattern, what Koda finds, and what both find with Betterleaks; then
how long a file takes it.
"""

import json
import random
import statistics
import string
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing

from attrs import define
from rich.console import Console
from rich.table import Table

from benchmarks.planted_secrets import ALPHANUMERIC, HEX, URL_SAFE, Draw, drawn
from benchmarks.secrets import PLANTED, SAMPLES, Case, corpus, findings_of
from koda.adapters.betterleaks.secret_scanner import BetterleaksSecretScanner
from koda.domain.inspection.secrets.opened import opened
from koda.domain.inspection.secrets.second_look import Look, SecondLook, second_look

_UPPER = string.ascii_uppercase + string.digits
_SMALL = string.ascii_lowercase + string.digits


def _prefixed(prefix: str, alphabet: str, length: int) -> Draw:
    return lambda chance: prefix + drawn(chance, alphabet, length)


OTHERS: Mapping[str, Draw] = {
    # docs.doppler.com/reference/auth-token-formats
    "Doppler": _prefixed("dp.pt.", ALPHANUMERIC, 43),
    # docs.databricks.com/dev-tools/auth/pat
    "Databricks": _prefixed("dapi", HEX, 32),
    # grafana.com/docs/grafana/latest/administration/service-accounts
    "Grafana": lambda chance: f"glsa_{drawn(chance, ALPHANUMERIC, 32)}_{drawn(chance, HEX, 8)}",
    # docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys
    "New Relic": _prefixed("NRAK-", _UPPER, 27),
    # learning.postman.com/docs/reference/postman-api/authentication
    "Postman": lambda chance: f"PMAK-{drawn(chance, HEX, 24)}-{drawn(chance, HEX, 34)}",
    # www.pulumi.com/docs/administration/access-identity/access-tokens
    "Pulumi": _prefixed("pul-", HEX, 40),
    # guides.rubygems.org/api-key-scopes
    "RubyGems": _prefixed("rubygems_", HEX, 48),
    # docs.sentry.io/api/auth
    "Sentry": _prefixed("sntryu_", HEX, 64),
    # planetscale.com/docs/api/reference/service-tokens
    "PlanetScale": _prefixed("pscale_tkn_", URL_SAFE, 43),
    # www.typeform.com/developers/get-started/personal-access-token
    "Typeform": _prefixed("tfp_", ALPHANUMERIC, 59),
    # developer.hashicorp.com/vault/docs/concepts/tokens
    "Vault": _prefixed("hvs.", URL_SAFE, 95),
    # docs.dynatrace.com/docs/dynatrace-api/basics/dynatrace-api-authentication
    "Dynatrace": lambda chance: f"dt0c01.{drawn(chance, _UPPER, 24)}.{drawn(chance, _UPPER, 64)}",
    # docs.goshippo.com/docs/guides_general/authentication
    "Shippo": _prefixed("shippo_live_", HEX, 40),
    # duffel.com/docs/api/overview/making-requests
    "Duffel": _prefixed("duffel_live_", URL_SAFE, 43),
    # docs.readme.com/main/reference/intro-authentication
    "ReadMe": _prefixed("rdme_", _SMALL, 70),
    # docs.prefect.io/v3/how-to-guides/cloud/manage-users/api-keys
    "Prefect": _prefixed("pnu_", ALPHANUMERIC, 36),
}
"""Tokens of which Koda has no pattern, as their providers' documents say."""


@define
class Count:
    """How many planted secrets were found by Koda, and by both; and what else was."""

    planted: int = 0
    own: int = 0
    both: int = 0
    innocent: int = 0
    false: int = 0


def others() -> Iterator[Case]:
    """Every one of these in every place."""
    chance = random.Random(17)  # noqa: S311 - made-up secrets
    for place, plant in PLANTED.items():
        for title, draw in OTHERS.items():
            for _ in range(SAMPLES):
                file, path = plant("", draw(chance))
                yield Case(f"{title}, {place}", file, path, tuned=False)


def seconded(case: Case, look: Look) -> SecondLook:
    """What is found in the file of a case by the second look alone."""
    if isinstance(case.file, str):
        return second_look(opened("script.py", case.file.encode()), look)
    return second_look(opened("flow.json", json.dumps(case.file).encode()), look)


def counted(cases: Iterable[Case], look: Look, spent: list[float]) -> Count:
    """What was found of the cases; how many milliseconds each took is added to `spent`."""
    count = Count()
    for case in cases:
        begin = time.perf_counter()
        second = [finding.path for finding in seconded(case, look).secrets]
        spent.append((time.perf_counter() - begin) * 1000)
        own = any(case.path in finding.path for finding in findings_of(case.file))
        hits = [path for path in second if case.path and case.path in path]
        count.planted += bool(case.path)
        count.innocent += not case.path
        count.own += bool(case.path) and own
        count.both += bool(case.path) and (own or bool(hits))
        count.false += len(second) - len(hits)
    return count


def main() -> None:
    """Print the table, and the time."""
    table = Table(title="Secrets found")
    for heading in ("corpus", "planted", "by Koda", "by both", "innocent", "false"):
        table.add_column(heading, justify="left" if heading == "corpus" else "right")
    spent: list[float] = []
    with closing(BetterleaksSecretScanner()) as scanner:
        for title, cases in {"benchmarks.secrets": corpus(), "other tokens": others()}.items():
            count = counted(cases, scanner.scan, spent)
            shares = (f"{share / count.planted:.2%}" for share in (count.own, count.both))
            table.add_row(title, str(count.planted), *shares, str(count.innocent), str(count.false))
    Console().print(table, f"{statistics.median(spent):.2f} ms a file, {max(spent):.0f} the first")


if __name__ == "__main__":
    main()
