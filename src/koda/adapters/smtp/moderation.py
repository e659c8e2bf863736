"""What notices say of listings that a moderator suspended, put back or reviewed."""

from collections.abc import Callable, Mapping

from koda.adapters.smtp.message import Message
from koda.domain.model.notices import ListingNotice, Moderation
from koda.domain.model.sentences import Sentence, sentence
from koda.domain.model.validation import one_line

_Words = tuple[Sentence, Sentence, Sentence]
"""Subject, heading and text."""


def message_of_moderation(notice: ListingNotice) -> Message:
    """Return what `notice` says."""
    subject, heading, text = _WORDS[notice.done](one_line(notice.title), one_line(notice.reason))
    return Message(
        f"listing-{notice.done.value}",
        subject,
        heading,
        text,
        (),
        (),
        sentence("See your listing"),
        f"/automations/{notice.automation_id}",
    )


def _suspended(title: str, reason: str) -> _Words:
    return (
        sentence("{title} was taken off sale", title=title),
        sentence("Your listing is suspended"),
        sentence(
            'The marketplace took {title} off sale, and says: "{reason}" Until it is put back '
            "nobody can buy it, those who bought it cannot download it, and you cannot change it. "
            "Write to the marketplace: say what you do about it, or why that is not so.",
            title=title,
            reason=reason,
        ),
    )


def _reinstated(title: str, reason: str) -> _Words:
    return (
        sentence("{title} is back on sale", title=title),
        sentence("Your listing is back on sale"),
        sentence(
            'The marketplace put {title} back on sale, and says: "{reason}" It can be bought and '
            "downloaded again, and you can change it. You need do nothing.",
            title=title,
            reason=reason,
        ),
    )


def _approved(title: str, reason: str) -> _Words:
    return (
        sentence("{title} is on sale", title=title),
        sentence("Your listing was reviewed and is on sale"),
        sentence(
            'The marketplace reviewed {title}, put it on sale, and says: "{reason}" You need do '
            "nothing.",
            title=title,
            reason=reason,
        ),
    )


def _rejected(title: str, reason: str) -> _Words:
    return (
        sentence("{title} was not put on sale", title=title),
        sentence("Your listing was reviewed and is suspended"),
        sentence(
            'The marketplace reviewed {title}, does not sell it, and says: "{reason}" Nobody can '
            "buy it or download it, and you cannot change it. List a file of your own, or write to "
            "the marketplace: say why that is not so.",
            title=title,
            reason=reason,
        ),
    )


_WORDS: Mapping[Moderation, Callable[[str, str], _Words]] = {
    Moderation.SUSPENDED: _suspended,
    Moderation.REINSTATED: _reinstated,
    Moderation.APPROVED: _approved,
    Moderation.REJECTED: _rejected,
}
