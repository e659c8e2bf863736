"""Attacks on a served site by raw connections and by its API, each bounded in number."""

import http.client
import re
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from itertools import count, takewhile
from threading import Event, Thread

import requests

from koda.domain.model.paging import Cursor
from koda.domain.search.catalogue import CatalogueQuery
from koda.entrypoints.samples.catalogue import BUYER, SELLERS
from tests.e2e.flows.caller import Caller
from tests.support.attacked import TIMEOUT, Target, answer_times
from tests.support.bodies import submission
from tests.support.costly_pictures import PROFILE, chunk, gif, jpeg, png, webp

PICTURE = re.compile(r"/previews/[\w/]+")
PAUSE = 0.05
"""Seconds in which an attack that is over only waits."""
MOST_SUBMITTED = 24
"""Files; of more than thirty a minute a process of two looks into none."""
SMALL = 4096
"""Bytes that the window of a slow reader takes."""


Attack = Callable[[Target], Iterator[None]]


def _many(number: int, begin: Callable[[int], socket.socket]) -> Iterator[None]:
    with ExitStack() as opened:
        for place in range(number):
            opened.enter_context(begin(place))
        yield


def half_bodies(target: Target) -> Iterator[None]:
    """One byte of a message from the payment provider."""
    head = target.head("POST", "/webhooks/stripe", "Content-Length: 1000")

    def begin(_: int) -> socket.socket:
        connection = target.connect()
        connection.sendall(head + b"{")
        return connection

    return _many(64, begin)


def half_heads(target: Target) -> Iterator[None]:
    """A request that never ends its headers."""

    def begin(_: int) -> socket.socket:
        connection = target.connect()
        connection.sendall(target.head("GET", "/")[:-2])
        return connection

    return _many(200, begin)


def idle(target: Target) -> Iterator[None]:
    """More connections than the site keeps, and nothing on them."""
    return _many(700, lambda _: target.connect())


def large_bodies(target: Target) -> Iterator[None]:
    """Most of the largest body, and then nothing more."""
    size = 8 * 1024**2
    head = target.head("POST", "/webhooks/stripe", f"Content-Length: {size}")
    most = bytes(size - 1)

    return _many(24, lambda _: _sent(target, head + most))


def endless_chunk_lines(target: Target) -> Iterator[None]:
    """The line that announces a chunk goes on and on."""
    head = target.head("POST", "/webhooks/stripe", "Transfer-Encoding: chunked")
    line = b"0" * 4 * 1024**2

    return _many(16, lambda _: _sent(target, head + line))


def tiny_chunks(target: Target) -> Iterator[None]:
    """A body of chunks of one byte each."""
    head = target.head("POST", "/webhooks/stripe", "Transfer-Encoding: chunked")

    return _many(48, lambda _: _sent(target, head + b"1\r\na\r\n" * 25_000))


def empty_lines(target: Target) -> Iterator[None]:
    """Nothing but ends of lines where a request should begin."""
    return _many(48, lambda _: _sent(target, b"\r\n" * 100_000))


def _sent(target: Target, content: bytes) -> socket.socket:
    """A connection on which so much of the content was sent as the site takes."""
    connection = target.connect()
    try:
        connection.sendall(content)
    except OSError:
        connection.close()
    return connection


def slow_readers(target: Target) -> Iterator[None]:
    """Nobody reads the file that was asked for."""

    def begin(_: int) -> socket.socket:
        connection = target.connect(SMALL)
        connection.sendall(target.head("GET", target.download))
        return connection

    return _many(100, begin)


def pipelined_readers(target: Target) -> Iterator[None]:
    """Nobody reads any of the files that were asked for at once."""

    def begin(_: int) -> socket.socket:
        connection = target.connect(SMALL)
        connection.sendall(target.head("GET", target.download) * 8)
        return connection

    return _many(48, begin)


def slow_page_readers(target: Target) -> Iterator[None]:
    """Nobody reads any of the many pages that were asked for at once."""

    def begin(_: int) -> socket.socket:
        connection = target.connect(SMALL)
        connection.sendall(target.head("GET", "/") * 100)
        return connection

    return _many(48, begin)


def dripping(target: Target) -> Iterator[None]:
    """A byte of a body every while, and a few of an answer."""
    ended = Event()
    head = target.head("POST", "/webhooks/stripe", "Content-Length: 100000")
    with ExitStack() as opened:
        senders = [opened.enter_context(target.connect()) for _ in range(50)]
        readers = [opened.enter_context(target.connect(SMALL)) for _ in range(50)]
        for sender in senders:
            sender.sendall(head)
        for reader in readers:
            reader.sendall(target.head("GET", target.download))
        thread = Thread(target=_drip, args=(senders, readers, ended))
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


def different_searches(target: Target) -> Iterator[None]:
    """Searches and cursors that nobody has asked for before, each to be kept, and long addresses.

    What visitors see of the catalogue was asked for by others before, on each process. It comes
    last, since the site lets this network search no more for a minute.
    """
    answer_times(target, "/", TIMEOUT, 20)
    asking = http.client.HTTPConnection(*target.address, timeout=TIMEOUT)
    with closing(asking):
        for number in range(400):
            for query in (f"max_price={number + 1}", f"cursor={_made_up(number)}", "x" * 20_000):
                asking.request("GET", f"/?{query}&y={number}")
                asking.getresponse().read()
        yield


def slow_picture_readers(target: Target) -> Iterator[None]:
    """Nobody reads any of the pictures that were asked for."""
    page = requests.get(target.url, timeout=TIMEOUT).text
    pictures = sorted(set(PICTURE.findall(page)))

    def begin(place: int) -> socket.socket:
        connection = target.connect(SMALL)
        connection.sendall(target.head("GET", pictures[place % len(pictures)]))
        return connection

    return _many(150, begin)


def costly_files(target: Target) -> Iterator[None]:
    """A seller submits files that take the longest to look into, until they have to wait."""
    seller = Caller.sign_in(target.site, SELLERS[0].id)
    files = (
        ("deep.py", b"x = " + b"(" * 90 + b"1" + b")" * 90 + b"\n" + b"f(a)\n" * 12_000),
        ("names.py", b"".join(b"import m%d\n" % number for number in range(15_000))),
        ("wide.json", b'{"nodes": [' + b",".join([b"[0]"] * 99_000) + b'], "connections": {}}'),
        ("long.json", b'{"nodes": [], "connections": {}, "x": "' + b"a" * 5 * 1024**2 + b'"}'),
        ("digits.json", b"[" + b",".join([b"9" * 4_000] * 1_000) + b"]"),
        ("open.json", b"[" * 100_001 + b'"' + b'\\"' * 2_000_000),
    )

    def submit(round_: int) -> None:
        name, content = files[round_ % len(files)]
        if round_ < MOST_SUBMITTED:
            artifact = seller.upload(content, name)
            seller.call("POST", "/automations", submission(artifact, title=f"Costly {round_}"))

        else:
            time.sleep(PAUSE)

    return _again_and_again(submit)


def costly_pictures(target: Target) -> Iterator[None]:
    """Another seller submits the pictures that take the longest to decode, one after another.

    Each process decodes one at a time, so that several sellers take as much in each.
    """
    seller = Caller.sign_in(target.site, SELLERS[1].id)
    pictures = (
        ("deep.png", "image/png", png(4000, 2250, depth=16)),
        ("whole.webp", "image/webp", webp(1500, 1500)),
        ("profiles.png", "image/png", png(16, 16, chunk(b"iCCP", PROFILE) * 2_000)),
        ("segments.jpg", "image/jpeg", jpeg(b"\xff\xe1\0\x6cExif\0\0" + bytes(100), 90_000)),
        ("comments.gif", "image/gif", gif(b"!\xfe\x01a\0", 90_000)),
    )

    def submit(round_: int) -> None:
        name, content_type, content = pictures[round_ % len(pictures)]
        if round_ < MOST_SUBMITTED // 2:
            preview = seller.upload(content, name, content_type=content_type, kind="preview")
            artifact = seller.upload(
                b'{"nodes": [{"name": "Step %d"}], "connections": {}}' % round_
            )
            title = f"Picture {round_}"
            seller.call("POST", "/automations", submission(artifact, title=title, preview=preview))
        else:
            time.sleep(PAUSE)

    return _again_and_again(submit, threads=1)


def looks_at_open_orders(target: Target) -> Iterator[None]:
    """A buyer who does not pay looks at their order all the time."""
    buyer = Caller.sign_in(target.site, BUYER.id)
    listed = buyer.done("GET", "/automations")["items"][0]["id"]
    order, _ = buyer.check_out(listed)

    return _again_and_again(lambda _: buyer.call("GET", f"/orders/{order}"))


def forged_messages(target: Target) -> Iterator[None]:
    """Messages that the provider did not sign."""
    address, signed = f"{target.url}/webhooks/stripe", {"Stripe-Signature": f"t=1,v1={'0' * 64}"}

    return _again_and_again(
        lambda _: requests.post(address, data=b"{}", headers=signed, timeout=TIMEOUT)
    )


def break_ins(target: Target) -> Iterator[None]:
    """Whoever has no right to come in tries it by what they can know, and stays outside."""
    left = Caller.sign_in(target.site, SELLERS[0].id)
    strange = {"Host": "rebound.example"}

    def break_in(_: int) -> None:
        control = requests.get(target.site.sandbox.url, headers=strange, timeout=TIMEOUT)
        forged = Caller(target.site, left.token[:-4] + "AAAA").call("GET", "/library")
        file = requests.get(f"{target.url}{target.download[:-4]}AAAA", timeout=TIMEOUT)
        assert [answer.status_code for answer in (control, forged, file)] == [421, 401, 404]

    return _again_and_again(break_in)


def _again_and_again(act: Callable[[int], object], threads: int = 4) -> Iterator[None]:
    """The block runs while some threads do the same all the time, after the first of them did it.

    What fails there fails here.
    """
    begun, ended = Event(), Event()

    def repeat(first: int) -> None:
        try:
            for number in takewhile(lambda _: not ended.is_set(), count(first, threads)):
                with suppress(requests.RequestException):
                    act(number)
                begun.set()
        finally:
            begun.set()

    with ThreadPoolExecutor(threads) as pool:
        repeating = [pool.submit(repeat, number) for number in range(threads)]
        try:
            begun.wait()
            yield
        finally:
            ended.set()
        for repeated in repeating:
            repeated.result()


def _made_up(number: int) -> str:
    return Cursor(number, f"aut_{number}").encode(CatalogueQuery().scope)


def _drip(senders: list[socket.socket], readers: list[socket.socket], ended: Event) -> None:
    while not ended.wait(0.2):
        for connection in senders:
            _attempt(partial(connection.send, b"x"))
        for connection in readers:
            _attempt(partial(connection.recv, 64))


def _attempt(act: Callable[[], object]) -> None:
    try:
        act()
    except OSError:
        return


ATTACKS: Mapping[str, Attack] = {
    attack.__name__: attack
    for attack in (
        half_bodies,
        half_heads,
        idle,
        large_bodies,
        endless_chunk_lines,
        tiny_chunks,
        empty_lines,
        slow_readers,
        pipelined_readers,
        slow_page_readers,
        dripping,
        slow_picture_readers,
        costly_files,
        costly_pictures,
        looks_at_open_orders,
        forged_messages,
        break_ins,
        different_searches,
    )
}


@contextmanager
def under(attack: Attack, target: Target) -> Iterator[None]:
    """The block runs while the attack goes on."""
    yield from attack(target)
