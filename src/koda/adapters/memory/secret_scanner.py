"""A scanner that was told what is secret, or that looks at nothing."""

from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from koda.domain.model.scans import NamedText, NotScanned, Scan, Suspicion
from koda.domain.model.sentences import Sentence, sentence
from koda.ports.secret_scanner import SecretScanner

_NOBODY = sentence("no scanner is set up")


@frozen
class MemorySecretScanner(SecretScanner):
    """Suspects each of the `secrets`, with what it looks like; without them it looks at nothing."""

    secrets: Mapping[str, Sentence] | None = None

    def scan(self, texts: Sequence[NamedText]) -> Scan | NotScanned:
        if self.secrets is None:
            return NotScanned(_NOBODY)
        return Scan(tuple(self._suspicions(texts, self.secrets)))

    @staticmethod
    def _suspicions(
        texts: Sequence[NamedText], secrets: Mapping[str, Sentence]
    ) -> Iterator[Suspicion]:
        for index, named in enumerate(texts):
            starts = {named.text.find(secret): secret for secret in secrets}
            for start in sorted(starts.keys() - {-1}):
                secret = starts[start]
                yield Suspicion(index, start, start + len(secret), secrets[secret])
