"""S3: a bucket for files, which browsers reach by themselves."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from attrs import frozen
from typed_settings.types import SecretStr

from koda.domain.model.errors import InvalidValue, Refused
from koda.domain.model.sentences import verbatim
from koda.domain.model.uploads import StoredFile
from koda.entrypoints.backends.preparation import Step, Unprepared
from koda.entrypoints.backends.probe import Check
from koda.entrypoints.backends.room import FilesRoom, Group
from koda.entrypoints.settings.faults import PREFIX, Fault
from koda.entrypoints.settings.service_settings import NO_SECRET, ServiceSettings, setting
from koda.entrypoints.settings.settings import Settings
from koda.entrypoints.settings.urls import is_address, origin
from koda.ports.files import Files

if TYPE_CHECKING:
    from koda.adapters.s3.client import Bucket

LINK_LIFETIME = timedelta(minutes=1)

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_REGION = re.compile(r"[a-z0-9-]{1,40}")


@frozen
class S3Settings(ServiceSettings):
    """`KODA_S3_…`: the bucket; without keys, boto3 finds credentials in its own places."""

    section: ClassVar[str] = "s3"
    heading: ClassVar[str] = "S3"

    bucket: str = setting("", "the bucket that holds the files; `koda init` sets its rules")
    region: str = setting("", "where the bucket is; links are signed for it")
    endpoint: str = setting("", "the address of another server than Amazon's that speaks S3")
    access_key: str = setting(
        "",
        "set with the secret key; without them boto3 finds credentials itself: "
        "the machine's role, its own variables, a profile",
    )
    secret_key: SecretStr = setting(NO_SECRET, "goes with the access key")


class S3Room(FilesRoom):
    """A bucket of Amazon's, or of a server that speaks S3."""

    name = "s3"
    extra = "s3"
    group: ClassVar[Group] = S3Settings
    remedy = (
        "see that KODA_S3_BUCKET is in KODA_S3_REGION, that this machine reaches it, and that the "
        "keys may get and put its objects and list the bucket"
    )

    @classmethod
    def faults(cls, settings: Settings) -> Iterator[Fault]:
        """Yield what may be wrong with the bucket's name, place and keys."""
        s3 = settings.of(S3Settings)
        yield "S3_BUCKET", not _BUCKET.fullmatch(s3.bucket), "must be set: the bucket's name"
        yield "S3_REGION", not _REGION.fullmatch(s3.region), "must be set, such as eu-central-1"
        misled = bool(s3.endpoint) and not is_address(s3.endpoint)
        yield "S3_ENDPOINT", misled, "must be like https://s3.koda.example"
        half = "goes with KODA_S3_SECRET_KEY; set both, or neither and let boto3 find credentials"
        yield "S3_ACCESS_KEY", bool(s3.access_key) != bool(s3.secret_key), half
        mixed = settings.site_url.startswith("https://") and s3.endpoint.startswith("http://")
        yield "S3_ENDPOINT", mixed, "must be https, as the site is: browsers refuse the mixture"

    @cached_property
    def bucket(self) -> "Bucket":
        """The bucket; S3 is not asked whether there is one.

        Raises:
            InvalidValue: names the variable to change.
        """
        from koda.adapters.s3.client import open_bucket

        told = self.site.settings.of(S3Settings)
        try:
            return open_bucket(
                told.bucket,
                told.region,
                endpoint=told.endpoint,
                access_key=told.access_key,
                secret_key=str.__str__(told.secret_key),
            )
        except InvalidValue as error:
            raise InvalidValue(f"{PREFIX}S3_{error.field.upper()}", error.problem) from error

    @property
    def _pages(self) -> str:
        """The origin of the site's pages, which send uploads."""
        return origin(self.site.settings.site_url)

    def files(self) -> Files:
        """Return the files in the bucket."""
        from koda.adapters.s3.files import S3Files

        return S3Files(self.bucket, self.site.clock)

    def try_links(self, files: Files, file: StoredFile, content: bytes) -> str:
        """Open a link, and ask whether the site's pages may send uploads."""
        from koda.adapters.s3.probe import admits, fetch

        link = files.link(file, self.site.clock() + LINK_LIFETIME)
        if fetch(link.url) != content:
            raise Refused("file store")
        if not admits(self.bucket, self._pages):
            raise Unprepared(
                f"{PREFIX}S3_BUCKET", verbatim(f"lets no page of {self._pages} send an upload")
            )
        return f"a link opens, and pages of {self._pages} may upload"

    def checks(self, slot: str) -> Iterator[Check]:
        """Yield how the rules of the bucket are looked at."""
        remedy = "see that KODA_S3_BUCKET is in KODA_S3_REGION, and that this machine reaches it"
        yield Check("bucket", self.try_rules, remedy, needs="files")

    def try_rules(self) -> str:
        """See that the bucket cleans up and encrypts, as far as the keys may see it."""
        from koda.adapters.s3.rules import rules_of

        rules = [rule for rule in rules_of(self.bucket, self._pages) if rule.kind != "cors"]
        missing = [rule.kind for rule in rules if not (rule.existed or rule.refusal)]
        unseen = [rule.kind for rule in rules if rule.refusal]
        if missing:
            raise Unprepared(
                f"{PREFIX}S3_BUCKET", verbatim(f"lacks its rules of {' and '.join(missing)}")
            )
        if unseen:
            names = " and ".join(unseen)
            return f"these keys may not see its rules of {names}; 'koda init' shows them"
        return "it cleans up and encrypts"

    def prepare(self) -> Iterator[Step]:
        """Set the rules of the bucket: who may upload from where, cleaning up, encryption."""
        from koda.adapters.s3.rules import apply_rules

        for applied in apply_rules(self.bucket, self._pages):
            what = f"{applied.kind} rules of bucket {self.site.settings.of(S3Settings).bucket}"
            yield Step(what, json.dumps(applied.rules), applied.existed, applied.refusal)
