"""Hypothesis strategies for what a store keeps; `listing_strategies` has those of listings.

They draw what the domain allows and somebody will send one day: text of any script, emoji,
combining marks, the largest numbers, times before 1970. Ids are drawn from few, where `ids` says
so, since what is interesting in a store happens when they meet.
"""

from datetime import UTC, datetime

from hypothesis import strategies as st

from koda.domain.model.audit import (
    AuditAction,
    AuditDetail,
    AuditEntry,
    AuditOutcome,
    AuditSubject,
)
from koda.domain.model.grants import Grant
from koda.domain.model.identifiers import (
    AccountId,
    AuditId,
    AutomationId,
    GrantId,
    OrderId,
    PurchaseId,
    UserId,
)
from koda.domain.model.money import Money
from koda.domain.model.people import Person
from koda.domain.model.purchases import Purchase, PurchaseState
from koda.domain.model.refund_parts import RefundPart
from koda.domain.model.roles import Role, RoleAssignment
from koda.domain.model.sellers import PayoutStatus, Pending, Ready, Restricted, Seller
from koda.domain.model.sentences import Sentence, sentence
from koda.domain.model.timestamps import from_milliseconds, to_milliseconds
from koda.domain.model.validation import BIDI_CONTROLS, NAME_LENGTH, normal_name, shown
from koda.domain.model.versions import LARGEST_VERSION_PART, Version

CURRENCIES = ("EUR", "USD", "JPY", "KWD")
"""Two currencies of two decimals, one of none and one of three."""
NASTY = (
    "Straße naïve Ⅷ ﬁle",
    "Ελληνικά ΣΊΣΥΦΟΣ ς",
    "日本語 テスト ｱｲｳ ㌖",
    "العربية עברית हिन्दी ไทย",
    "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 \U0001d49c\U0001d4ca \u2134",
    "İstanbul \u0131I ŉ ǆ",
    "e\u0301 \u00e9 a\u0308\u0323 \ufeffx",
    "'; DROP TABLE automations; -- \" \\ % _ * ^ NEAR(a b) AND OR NOT",
    '{"$ne": null} $where .x. \\u0000 <b>&amp;</b>',
    "tab\there\nline\r\nend",
)
"""Text that stores have been known to fold, split, escape or lose."""
IDENTIFIERS = st.text(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:.-", min_size=1, max_size=128
)
"""Any identifier, up to the longest."""
ANY_CURRENCY = st.sampled_from(CURRENCIES)


def texts(minimum: int, maximum: int) -> st.SearchStrategy[str]:
    """Text that `check_text` accepts: of any script, with `minimum` to `maximum` characters."""
    characters = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])
    free = st.text(
        characters.filter(lambda character: character not in BIDI_CONTROLS),
        min_size=minimum,
        max_size=min(maximum, minimum + 40),
    )
    nasty = st.sampled_from(NASTY).map(lambda text: (text * (minimum // len(text) + 1))[:maximum])
    return (free | nasty).filter(lambda text: len(shown(text)) >= minimum)


def names() -> st.SearchStrategy[str]:
    """Names of platforms, categories or choices."""
    longest = NAME_LENGTH[1]
    text = texts(1, longest).map(lambda text: normal_name(text.replace(",", " ")))
    return text.filter(lambda name: len(shown(name)) >= 1 and len(name) <= longest)


def timestamps() -> st.SearchStrategy[datetime]:
    """Times in UTC of whole milliseconds, from the year 1 to 9999."""
    return st.datetimes(timezones=st.just(UTC)).map(to_milliseconds).map(from_milliseconds)


def ids(prefix: str, several: int = 3) -> st.SearchStrategy[str]:
    """One of `several` ids, `prefix_1` and so on, so that entities meet."""
    return st.sampled_from([f"{prefix}_{number + 1}" for number in range(several)])


def amounts(
    currencies: st.SearchStrategy[str] = ANY_CURRENCY, largest: int = 10**12
) -> st.SearchStrategy[Money]:
    """Amounts of up to `largest` minor units."""
    return st.builds(Money, st.integers(0, largest), currencies)


def versions() -> st.SearchStrategy[Version]:
    """Semantic versions, the largest included."""
    part = st.integers(0, LARGEST_VERSION_PART)
    return st.builds(Version, part, part, part)


def digests() -> st.SearchStrategy[str]:
    """SHA-256 in hexadecimal."""
    return st.binary(min_size=32, max_size=32).map(bytes.hex)


def sentences(maximum: int = 100) -> st.SearchStrategy[Sentence]:
    """Sentences and clauses as stores keep them, with at most `maximum` characters of data."""
    clause = st.builds(lambda text: sentence("{text}", text=text), texts(1, maximum))
    numbered = st.builds(
        lambda text, number: sentence("{text} {number}", text=text, number=number),
        clause,
        st.integers(0, 10**9),
    )
    return clause | numbered


def statuses() -> st.SearchStrategy[PayoutStatus]:
    """Every payout status, with and without requirements and deadline."""
    requirements = st.lists(sentences(50), max_size=3).map(tuple)
    return st.one_of(
        st.builds(Ready, requirements, st.none() | timestamps()),
        st.builds(Pending, requirements),
        st.builds(Restricted, sentences(), requirements, st.none() | timestamps()),
    )


def sellers(user_ids: st.SearchStrategy[str] = IDENTIFIERS) -> st.SearchStrategy[Seller]:
    """Sellers in every status."""
    return st.builds(
        Seller,
        user_ids.map(UserId),
        IDENTIFIERS.map(AccountId),
        statuses(),
        timestamps(),
        timestamps(),
    )


@st.composite
def purchases(draw: st.DrawFn, purchase_ids: st.SearchStrategy[str] = IDENTIFIERS) -> Purchase:
    """A purchase in any state, of which something may have gone back; a double is refunded."""
    double = draw(st.booleans())
    currency = st.just(draw(st.sampled_from(CURRENCIES)))
    price = draw(amounts(currency))
    fee = draw(amounts(currency, price.minor))
    fee_returned = draw(amounts(currency, fee.minor))
    net_returned = draw(amounts(currency, (price - fee).minor))
    return Purchase(
        PurchaseId(draw(purchase_ids)),
        OrderId(draw(IDENTIFIERS)),
        draw(st.integers(1, 100)),
        UserId(draw(ids("user"))),
        UserId(draw(ids("user"))),
        AutomationId(draw(ids("aut"))),
        draw(versions()),
        draw(texts(3, 100)),
        price,
        fee,
        draw(timestamps()),
        RefundPart(net_returned + fee_returned, fee_returned),
        PurchaseState.REFUNDED if double else draw(st.sampled_from(PurchaseState)),
        double,
        draw(st.booleans()),
        draw(st.booleans()),
    )


def grants() -> st.SearchStrategy[Grant]:
    """Grants under a purchase, and of sellers to themselves."""
    return st.builds(
        Grant,
        IDENTIFIERS.map(GrantId),
        IDENTIFIERS.map(UserId),
        IDENTIFIERS.map(AutomationId),
        versions(),
        st.none() | ids("pur").map(PurchaseId),
        timestamps(),
        timestamps(),
    )


def assignments(
    user_ids: st.SearchStrategy[str] = IDENTIFIERS,
) -> st.SearchStrategy[RoleAssignment]:
    """Any role of anybody, given by anybody."""
    users = user_ids.map(UserId)
    return st.builds(RoleAssignment, users, st.sampled_from(Role), users, timestamps())


def audit_entries() -> st.SearchStrategy[AuditEntry]:
    """Any action on anything, with and without details."""
    return st.builds(
        AuditEntry,
        IDENTIFIERS.map(AuditId),
        timestamps(),
        IDENTIFIERS.map(UserId),
        st.sampled_from(AuditAction),
        st.builds(AuditSubject, IDENTIFIERS, IDENTIFIERS),
        texts(3, 500),
        st.lists(st.builds(AuditDetail, IDENTIFIERS, texts(0, 200)), max_size=3).map(tuple),
        st.sampled_from(AuditOutcome),
    )


def people(user_ids: st.SearchStrategy[str] = IDENTIFIERS) -> st.SearchStrategy[Person]:
    """Users with and without a name, an address or a picture."""
    return st.builds(
        Person,
        user_ids.map(UserId),
        st.none() | texts(1, 200),
        st.none() | st.emails() | texts(3, 50),
        st.none() | texts(1, 200),
        timestamps(),
    )
