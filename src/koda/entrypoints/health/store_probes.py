"""Probes of store and files."""

import secrets
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from koda.domain.model.errors import InvalidValue, NotFound, Unavailable
from koda.domain.model.sentences import verbatim
from koda.domain.search.entries import Order, Wanted
from koda.domain.search.labels import currency_label
from koda.entrypoints.backends.probe import Warned
from koda.entrypoints.health.probe_tickets import CONTENT, probe_ticket
from koda.entrypoints.settings.faults import PREFIX

if TYPE_CHECKING:
    from koda.entrypoints.wiring.container import Container

_MOST_CURRENCIES = 100
"""Currencies that are told."""
_MOST_EXAMINED = 100_000
"""Records of each kind that are read."""
_MOST_NAMED = 5
"""Corrupt records that are named."""
_TRIES = 3
"""How often a ticket is written that somebody else's probe forgets before it is read."""


def try_store(container: "Container") -> str:
    """See that it is prepared; write a ticket that has long expired, read it, and forget it."""
    container.rooms().check_prepared()
    uploads = container.uploads()
    for _ in range(_TRIES):
        ticket = probe_ticket(container.clock()(), f"upl_doctor_{secrets.token_hex(8)}")
        uploads.add(ticket)
        with suppress(NotFound):
            uploads.get(ticket.id)
            break
    else:
        raise Unavailable("store")
    uploads.forget(ticket.expires_at + timedelta(milliseconds=1))
    return f"{container.settings().store}, written and read"


def try_currency(container: "Container") -> str | Warned:
    """See that what is for sale is priced in the marketplace's currency, or was in one before."""
    settings = container.settings()
    currency, before = settings.policy.currency, settings.currencies_before
    index, mark = container.catalogue_index(), currency_label("")
    counts = index.beginning_with(mark, _MOST_CURRENCIES)
    others = {label: count for label, count in counts.items() if label != currency_label(currency)}
    if not others:
        return f"everything for sale is priced in {currency}"
    strange = sorted(label.removeprefix(mark) for label in others)
    count = f"{sum(others.values())} listings"
    said = f"of what is for sale, {count} are priced in {' and '.join(strange)}"
    wanted = Wanted().priced_in(strange[0])
    examples = "".join(f", such as {entry.id}" for entry in index.read(wanted, Order.NEWEST, 1))
    named = f"{said}{examples}"
    if not set(strange) <= set(before):
        raise InvalidValue(f"{PREFIX}POLICY_CURRENCY", verbatim(f"is {currency}, and {named}"))
    remedy = f"ask their sellers for a price in {currency}; nobody can buy them until then"
    return Warned(named, remedy)


def try_index(container: "Container") -> str | Warned:
    """See that the catalogue's index is not waiting to be written anew."""
    build = container.index_builder().build()
    if not build.due:
        entries = container.catalogue_index().size()
        return f"{entries} listings for sale, labels of version {build.version}"
    done = f"{build.listings} of {container.index_builder().automations()} automations"
    said = f"is written anew, and came to {done}; listings are found as before until then"
    return Warned(said, "let 'koda serve' or 'koda work' do it, or run 'koda index rebuild'")


def try_records(container: "Container", most: int = _MOST_EXAMINED) -> str:
    """Read the records of the store, at most so many of each kind, and say where that was not all.

    Raises:
        InvalidValue: some cannot be read; it counts them by kind and names a few.
    """
    read, corrupt, named = Counter[str](), Counter[str](), list[str]()
    for kind, fault in container.rooms().store.examine(most):
        read[kind] += 1
        if fault is not None:
            corrupt[kind] += 1
            named += [f"{kind} {fault.id}"] if len(named) < _MOST_NAMED else []
    full = [kind for kind, count in read.items() if count == most]
    bound = f"; only the first {most} were read of: {', '.join(full)}" if full else ""
    if not corrupt:
        return f"{read.total()} records of the store can be read{bound}"
    kinds = ", ".join(f"{kind}: {count}" for kind, count in corrupt.items())
    more = f" and {corrupt.total() - len(named)} more" if corrupt.total() > len(named) else ""
    said = f"{corrupt.total()} records cannot be read ({kinds}): {', '.join(named)}{more}{bound}"
    raise InvalidValue("store", verbatim(said))


def try_files(container: "Container") -> str:
    """Write pending bytes, always under the same key, see their facts, keep them and read them."""
    files, ticket = container.files(), probe_ticket(container.clock()())
    files.receive(ticket, CONTENT)
    stat = files.stat(ticket.pending_key)
    file = files.keep(ticket)
    read = files.read(file.key, len(CONTENT))
    if stat is None or not ticket.matches(stat) or read != CONTENT:
        raise Unavailable("file store")
    said = f"{container.settings().files}, written and read"
    seen = container.rooms().files.try_links(files, file, CONTENT)
    return f"{said}; {seen}" if seen else said
