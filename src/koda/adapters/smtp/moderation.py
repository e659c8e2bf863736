"""What notices say of listings that a moderator suspended or put back."""

from koda.adapters.smtp.message import Message
from koda.domain.model.notices import ListingNotice
from koda.domain.model.sentences import sentence
from koda.domain.model.validation import one_line


def message_of_moderation(notice: ListingNotice) -> Message:
    """Return what `notice` says."""
    return _suspended(notice) if notice.suspended else _reinstated(notice)


def _suspended(notice: ListingNotice) -> Message:
    return Message(
        "listing-suspended",
        sentence("{title} was taken off sale", title=one_line(notice.title)),
        sentence("Your listing is suspended"),
        sentence(
            'The marketplace took {title} off sale, and says: "{reason}" Until it is put back '
            "nobody can buy it, those who bought it cannot download it, and you cannot change it. "
            "Write to the marketplace: say what you do about it, or why that is not so.",
            title=one_line(notice.title),
            reason=one_line(notice.reason),
        ),
        (),
        (),
        sentence("See your listing"),
        f"/automations/{notice.automation_id}",
    )


def _reinstated(notice: ListingNotice) -> Message:
    return Message(
        "listing-reinstated",
        sentence("{title} is back on sale", title=one_line(notice.title)),
        sentence("Your listing is back on sale"),
        sentence(
            'The marketplace put {title} back on sale, and says: "{reason}" It can be bought and '
            "downloaded again, and you can change it. You need do nothing.",
            title=one_line(notice.title),
            reason=one_line(notice.reason),
        ),
        (),
        (),
        sentence("See your listing"),
        f"/automations/{notice.automation_id}",
    )
