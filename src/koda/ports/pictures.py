"""Sizes and clean copies of pictures."""

from abc import abstractmethod
from typing import Protocol

from attrs import frozen


@frozen
class MadePicture:
    """A picture that was made of another: its bytes, content type, and size in pixels."""

    content: bytes
    content_type: str
    width: int
    height: int


class Pictures(Protocol):
    """Makes pictures for pages of what people upload."""

    @abstractmethod
    def sizes(self, content_type: str, content: bytes) -> tuple[MadePicture, ...]:
        """Return `content` as pictures of at most 640 and at most 1600 pixels in width.

        The smallest comes first; a picture is never enlarged, so that a narrow one comes in one
        size. The height is at most twice the width allowed. Each stands upright as its orientation
        tag says, shows the first frame of an animation, and carries nothing but pixels: no EXIF,
        place, XMP, colour profile, comment or text. The same bytes give the same pictures.

        Raises:
            InvalidValue: not a whole picture of `content_type`, too many pixels, or a marketplace
                that takes no pictures; `problem` says what to do.
        """
