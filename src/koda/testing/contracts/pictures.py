"""What every adapter of `Pictures` does, and what one does that takes pictures."""

import base64
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda.domain.inspection.images import webp_size
from koda.domain.model.errors import InvalidValue
from koda.ports.pictures import Pictures
from koda.testing.contracts.running import EXAMPLES
from koda.testing.examples import PIXEL

_Make = Callable[[], Pictures]

_SECRET = b"SECRET"
"""What each of the pictures tells beside its pixels."""


def _chunk(kind: bytes, body: bytes = b"") -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *extra: bytes, rows: int | None = None) -> bytes:
    """A grey PNG with `extra` chunks, of whose pixels no more than `rows` rows are there."""
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    pixels = zlib.compress(b"\0".ljust(width + 1, b"\x7f") * (height if rows is None else rows))
    body = b"".join([header, *extra, _chunk(b"IDAT", pixels), _chunk(b"IEND")])
    return b"\x89PNG\r\n\x1a\n" + body


_TELLING = png(
    8,
    4,
    _chunk(b"tEXt", b"Comment\0" + _SECRET),
    _chunk(b"zTXt", b"Author\0\0" + zlib.compress(_SECRET)),
    _chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + _SECRET),
    _chunk(b"eXIf", b"II*\0\x08\0\0\0\0\0\0\0\0\0" + _SECRET),
    _chunk(b"iCCP", b"SECRET\0\0" + zlib.compress(_SECRET)),
)
"""A PNG of 8 by 4 pixels with every kind of text that a PNG may carry."""
_JPEG = base64.b85decode(
    b"|JeWF01!$>Nk#wx0RR9200961|KR|PMR;ju002!*04e|g00;mB0S*8H000070000o0TKWM0000100sa6h$R37000"
    b"010000w00000Q$<5kMN|L)00RI400IC200K?`0000200jU500RI30Av6i00IC200#g70DJ%d0000005kvq009610"
    b"3QGV0096101N;C00C1)LsCUl0095t04!*9bZ|N^FK%-#VPtP&WiDfHZ7+CXa4#_~FfRZ+cs^4_LsCUlJTG`Y|Kb2"
    b"BNkc<lP*P7uNlZlm0RdA*LsCUlQ$<5kMO0HoLsCUlQ$<5kMO6R(00>h>LsCUl|JwjV02>k%7Zed27Zw*D92+1gLM"
    b"tdGB`8rkJupIGRb^yfRb5+Zc$tA}agcLcU4^xVke;Kft*d8%yve$z$C;?Br2pFhLjfEf9w;LyPAe-;q;6eqq@<*z"
    b"q@<*zq@<*zq@<*zq@<*zq@<*zq@<*zq@<*zq@<*zq@<*zq@<*zq@<*zq@@4A01*fP6aXj#0U`hb5di}c0sq7R761"
    b"VO0RR910000000000000031pmYU7Z3pe0{{R3000000000000004LV^Fp02ToO0RaF20000000000000041_l4b0"
    b"2>hi0R#g80000000000000000tA7v0W&oJ+5ij#0RRFK0}%i}0KfocAqh3q7n5B<NW+~oc`zRDR8RoGhTsw9Q3*B"
    b"F0Z7B0GkGu`?^I9#z=!|Y"
)
"""A JPEG that lies on its side: 40 by 20 pixels, to be turned clockwise (EXIF orientation 6), with
a place and texts in EXIF, XMP, a comment and a profile."""
_GIF = (
    b"GIF89a\x08\x00\x04\x00\x80\x00\x00\x00\x00\x00\x00\x00\x00!\xfe\x06SECRET\x00!\xf9\x04\x00\x14"
    b"\x00\x00\x00,\x00\x00\x00\x00\x08\x00\x04\x00\x00\x08\x0c\x00\x01\x08\x1cH\xb0\xa0\xc1\x83\x04\x03"
    b"\x02\x00;"
)
"""A GIF of 8 by 4 pixels with a comment."""
_WEBP = (
    b"RIFFx\x00\x00\x00WEBPVP8X\n\x00\x00\x00,\x00\x00\x00"
    b"\x07\x00\x00\x03\x00\x00ICCP\x06\x00\x00\x00SECRETVP8 "
    b"0\x00\x00\x00\xd0\x01\x00\x9d\x01*\x08\x00\x04\x00\x01@&%\xa0\x02t\xba\x01\xf8"
    b"\x00\x03\xb0\x00\xfe\xf2\xeb\x7f\xfc\xd8\x15\xcds\xef\xf7\xff\xd2\xe0\xfd.\x0f\xd2\xe0\xff"
    b"\xd2\x90\x00\x00EXIF\x06\x00\x00\x00SECRETXMP \x06\x00"
    b"\x00\x00SECRET"
)
"""A WebP of 8 by 4 pixels with EXIF, XMP and a profile."""
_PICTURES = (
    ("image/png", _TELLING, (8, 4)),
    ("image/jpeg", _JPEG, (20, 40)),
    ("image/gif", _GIF, (8, 4)),
    ("image/webp", _WEBP, (8, 4)),
)
"""Each with its content type, and its size in pixels once it stands upright."""
_BOMB = png(60_000, 60_000, rows=1)
"""A hundred bytes that claim to be 3.6 gigapixels."""


class PicturesContract:
    """Subclass it and override the fixture `make`, which returns what makes an adapter."""

    @pytest.mark.parametrize(
        ("content_type", "content"),
        [
            ("image/png", b"not a picture"),
            ("image/png", _JPEG),
            ("image/jpeg", PIXEL),
            ("image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
            ("image/png", PIXEL[:-1]),
            ("image/png", _BOMB),
            ("image/png", png(3001, 3000, rows=1)),
            ("image/webp", b"RIFF\x1e\0\0\0WEBPVP8X\x12\0\0\0\0\0\0\0\xfe\x3f\0\xfe\x3f\0VP8 data"),
            (
                "image/gif",
                b"GIF89a\xff\xff\xff\xff\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\x02\x02\x4c\x01\0;",
            ),
        ],
        ids=["text", "jpeg", "png", "svg", "cut", "bomb", "large", "canvas", "screen"],
    )
    def test_what_is_no_whole_picture_is_refused(
        self, make: _Make, content_type: str, content: bytes
    ) -> None:
        """Of another type, cut short, or too large to be decoded: in words that say what to do."""
        with pytest.raises(InvalidValue) as refused:
            make().sizes(content_type, content)

        assert refused.value.field == "file"
        problem = str(refused.value.problem)
        assert {";", "must"} & {*problem.split(), *problem}

    @EXAMPLES
    @given(
        picture=st.sampled_from(_PICTURES),
        content=st.none() | st.binary(max_size=200),
        at=st.integers(0, 1000),
        flipped=st.integers(1, 255),
    )
    def test_any_bytes_are_a_picture_or_invalid(
        self,
        make: _Make,
        picture: tuple[str, bytes, tuple[int, int]],
        content: bytes | None,
        at: int,
        flipped: int,
    ) -> None:
        """Garbage, and pictures with one byte changed, bring out no other error."""
        damaged = bytearray(picture[1] if content is None else content)
        if damaged:
            damaged[at % len(damaged)] ^= flipped

        with suppress(InvalidValue):
            make().sizes(picture[0], bytes(damaged))


class TakingPicturesContract(PicturesContract):
    """For an adapter that takes pictures."""

    @pytest.mark.parametrize(("content_type", "content", "size"), _PICTURES)
    def test_nothing_but_pixels_is_left(
        self, make: _Make, content_type: str, content: bytes, size: tuple[int, int]
    ) -> None:
        """No text, place or profile comes through, and the picture stands upright."""
        assert _SECRET in content
        (made,) = make().sizes(content_type, content)

        assert (made.width, made.height) == size
        for telling in (_SECRET, b"EXIF", b"Exif", b"XMP ", b"ICCP", b"tEXt"):
            assert telling not in made.content

    @pytest.mark.parametrize(
        ("width", "height", "sizes"),
        [
            (1, 1, [(1, 1)]),
            (640, 10, [(640, 10)]),
            (641, 10, [(640, 10), (641, 10)]),
            (1600, 800, [(640, 320), (1600, 800)]),
            (3200, 800, [(640, 160), (1600, 400)]),
            (100, 8000, [(16, 1280), (40, 3200)]),
        ],
    )
    def test_sizes_are_made_for_cards_and_pages(
        self, make: _Make, width: int, height: int, sizes: list[tuple[int, int]]
    ) -> None:
        """At most 640 and 1600 wide, twice as high, the smallest first, and never enlarged."""
        made = make().sizes("image/png", png(width, height))

        assert [(picture.width, picture.height) for picture in made] == sizes
        for picture in made:
            assert picture.content_type == "image/webp"
            assert webp_size(picture.content) == (picture.width, picture.height)

    def test_sizes_differ_in_bytes_and_are_made_again_alike(self, make: _Make) -> None:
        """So that the same picture lies in storage once."""
        made = make().sizes("image/png", png(2000, 1000))

        assert made == make().sizes("image/png", png(2000, 1000))
        assert all(len(small.content) < len(large.content) for small, large in pairwise(made))
