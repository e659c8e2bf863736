"""Currencies and the smallest amounts that can be charged: https://docs.stripe.com/currencies."""

from paysandbox.errors import ApiError

MINIMUMS = {
    "aed": 200,
    "aud": 50,
    "bgn": 100,
    "brl": 50,
    "cad": 50,
    "chf": 50,
    "czk": 1500,
    "dkk": 250,
    "eur": 50,
    "gbp": 30,
    "hkd": 400,
    "huf": 17500,
    "inr": 50,
    "jpy": 50,
    "mxn": 1000,
    "myr": 200,
    "nok": 300,
    "nzd": 50,
    "pln": 200,
    "ron": 200,
    "sek": 300,
    "sgd": 50,
    "thb": 1000,
    "usd": 50,
}
"""Minor units by currency."""

OTHERS = frozenset(
    {"afn", "all", "amd", "ang", "aoa", "ars", "awg", "azn", "bam", "bbd", "bdt"}
    | {"bhd", "bif", "bmd", "bnd", "bob", "bsd", "bwp", "byn", "bzd", "cdf", "clp"}
    | {"cny", "cop", "crc", "cve", "djf", "dop", "dzd", "egp", "etb", "fjd", "fkp"}
    | {"gel", "gip", "gmd", "gnf", "gtq", "gyd", "hnl", "htg", "idr", "ils", "isk"}
    | {"jmd", "jod", "kes", "kgs", "khr", "kmf", "krw", "kwd", "kyd", "kzt", "lak"}
    | {"lbp", "lkr", "lrd", "lsl", "mad", "mdl", "mga", "mkd", "mmk", "mnt", "mop"}
    | {"mur", "mvr", "mwk", "mzn", "nad", "ngn", "nio", "npr", "omr", "pab", "pen"}
    | {"pgk", "php", "pkr", "pyg", "qar", "rsd", "rub", "rwf", "sar", "sbd", "scr"}
    | {"shp", "sle", "sos", "srd", "std", "szl", "tjs", "tnd", "top", "try", "ttd"}
    | {"twd", "tzs", "uah", "ugx", "uyu", "uzs", "vnd", "vuv", "wst", "xaf", "xcd"}
    | {"xcg", "xof", "xpf", "yer", "zar", "zmw"}
)
"""Charged, too, from one minor unit."""
_ZERO_DECIMAL = frozenset(
    {"bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv"}
    | {"xaf", "xof", "xpf"}
)
_THREE_DECIMAL = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})
_STEPS = dict.fromkeys(_THREE_DECIMAL, 10) | {"isk": 100, "ugx": 100}
"""Whole multiples of so many minor units alone can be charged."""

_MAXIMUM = 99_999_999
_MAXIMUMS = {
    "cop": 9_999_999_999_999,
    "huf": 9_999_999_999_999,
    "idr": 999_999_999_999,
    "inr": 999_999_999,
    "jpy": 9_999_999_999_999,
    "lbp": 99_999_999_999_999,
}
"""Those that may have more."""


def check_currency(code: str, name: str) -> str:
    """The currency in lower case.

    Raises:
        ApiError: no such currency.
    """
    lower = code.lower()
    if lower not in MINIMUMS and lower not in OTHERS:
        raise ApiError(f"Invalid currency: {code}.", param=name)
    return lower


def check_amount(amount: int, currency: str, name: str) -> None:
    """Refuse amounts that cannot be charged.

    Raises:
        ApiError: below the currency's minimum, above its maximum, or between the amounts that
            can be charged: no multiple of ten in a currency of three decimals, and no whole
            krona or shilling in ISK and UGX, which count in hundredths.
    """
    if amount < MINIMUMS.get(currency, 1):
        least = MINIMUMS.get(currency, 1)
        message = f"Amount must be at least {least} in the smallest unit of {currency}."
        raise ApiError(message, code="amount_too_small", param=name)
    most = _MAXIMUMS.get(currency, _MAXIMUM)
    if amount > most:
        message = f"Amount must be no more than {most} in the smallest unit of {currency}."
        raise ApiError(message, code="amount_too_large", param=name)
    step = _STEPS.get(currency, 1)
    if amount % step:
        message = f"Invalid amount: an amount in {currency} must be a multiple of {step}."
        raise ApiError(message, code="invalid_charge_amount", param=name)


def show_amount(amount: int, currency: str) -> str:
    """The amount for a person, as in `12.50 EUR`."""
    digits = 0 if currency in _ZERO_DECIMAL else 3 if currency in _THREE_DECIMAL else 2
    return f"{amount / 10**digits:,.{digits}f} {currency.upper()}"
