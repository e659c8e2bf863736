"""Pillow, for preview pictures."""

from koda.entrypoints.backends.room import PicturesRoom
from koda.ports.pictures import Pictures


class PillowRoom(PicturesRoom):
    """The library in this process."""

    name = "pillow"
    extra = "pillow"

    def pictures(self) -> Pictures:
        """Return what makes pictures anew, in the sizes of the site."""
        from koda.adapters.pillow.pictures import PillowPictures

        return PillowPictures()
