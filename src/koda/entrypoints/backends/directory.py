"""A directory of this machine, for files."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from koda.entrypoints.backends.preparation import Step
from koda.entrypoints.backends.room import DATA_REMEDY, FilesRoom
from koda.entrypoints.settings.settings import Settings
from koda.ports.files import Files


class DirectoryRoom(FilesRoom):
    """A folder in the data directory."""

    name = "directory"
    on_this_machine = True
    remedy = DATA_REMEDY

    @classmethod
    def path(cls, settings: Settings) -> Path:
        """Return the folder."""
        return settings.data / "files"

    @classmethod
    def folders(cls, settings: Settings) -> Iterable[Path]:
        """Return the data directory."""
        return (settings.data,)

    def files(self) -> Files:
        """Return files in the folder, which is made if it is missing."""
        from koda.adapters.directory.files import DirectoryFiles

        settings = self.site.settings
        return DirectoryFiles(
            self.path(settings),
            base_url=settings.site_url,
            keys=settings.signing_keys("files"),
            clock=self.site.clock,
        )

    def prepare(self) -> Iterator[Step]:
        """Make the folder."""
        path = self.path(self.site.settings)
        existed = path.exists()
        self.files()
        yield Step("file store", str(path), existed)
