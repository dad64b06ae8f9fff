"""Symbols as Yahoo writes them: their normal form, the exchange they trade on, the currency they are quoted in."""

import re

_BY_SUFFIX = {
    "AS": "XAMS",
    "AT": "ASEX",
    "AX": "XASX",
    "BA": "XBUE",
    "BD": "XBUD",
    "BK": "XBKK",
    "BO": "XBOM",
    "BR": "XBRU",
    "CO": "XCSE",
    "DE": "XETR",
    "F": "XFRA",
    "HE": "XHEL",
    "HK": "XHKG",
    "IC": "XICE",
    "IR": "XDUB",
    "IS": "XIST",
    "JK": "XIDX",
    "JO": "XJSE",
    "KL": "XKLS",
    "KQ": "XKRX",
    "KS": "XKRX",
    "L": "XLON",
    "LS": "XLIS",
    "MC": "XMAD",
    "MI": "XMIL",
    "MX": "XMEX",
    "NS": "XBOM",  # the National Stock Exchange keeps Mumbai's sessions
    "NZ": "XNZE",
    "OL": "XOSL",
    "PA": "XPAR",
    "PR": "XPRA",
    "SA": "BVMF",
    "SI": "XSES",
    "SN": "XSGO",
    "SS": "XSHG",
    "ST": "XSTO",
    "SW": "XSWX",
    "SZ": "XSHG",  # Shenzhen keeps Shanghai's sessions
    "T": "XTKS",
    "TA": "XTAE",
    "TO": "XTSE",
    "TW": "XTAI",
    "TWO": "XTAI",
    "V": "XTSX",
    "VI": "XWBO",
    "WA": "XWAR",
}
_BY_INDEX = {
    "^AEX": "XAMS",
    "^AORD": "XASX",
    "^ATX": "XWBO",
    "^AXJO": "XASX",
    "^BFX": "XBRU",
    "^BSESN": "XBOM",
    "^BVSP": "BVMF",
    "^FCHI": "XPAR",
    "^FTAS": "XLON",
    "^FTMC": "XLON",
    "^FTSE": "XLON",
    "^GDAXI": "XETR",
    "^GSPTSE": "XTSE",
    "^HSCE": "XHKG",
    "^HSI": "XHKG",
    "^IBEX": "XMAD",
    "^JKSE": "XIDX",
    "^KLSE": "XKLS",
    "^KQ11": "XKRX",
    "^KS11": "XKRX",
    "^KS200": "XKRX",
    "^MDAXI": "XETR",
    "^MXX": "XMEX",
    "^N225": "XTKS",
    "^NSEI": "XBOM",
    "^NZ50": "XNZE",
    "^OMX": "XSTO",
    "^SDAXI": "XETR",
    "^SSMI": "XSWX",
    "^STI": "XSES",
    "^STOXX50E": "XETR",
    "^TECDAX": "XETR",
    "^TWII": "XTAI",
}
ALWAYS, WEEKDAYS = "24/7", "24/5"
"""What trades without a close: cryptocurrencies every day, currencies and (as an approximation) futures on weekdays.

Their sessions are days of UTC.
"""

_EXCHANGES = {
    ALWAYS: ("crypto", "UTC"),
    WEEKDAYS: ("FX", "UTC"),
    "ASEX": ("Athens", "Europe/Athens"),
    "BVMF": ("B3", "America/Sao_Paulo"),
    "XAMS": ("Amsterdam", "Europe/Amsterdam"),
    "XASX": ("ASX", "Australia/Sydney"),
    "XBKK": ("SET", "Asia/Bangkok"),
    "XBOM": ("Mumbai", "Asia/Kolkata"),
    "XBRU": ("Brussels", "Europe/Brussels"),
    "XBUD": ("Budapest", "Europe/Budapest"),
    "XBUE": ("BYMA", "America/Argentina/Buenos_Aires"),
    "XCSE": ("Copenhagen", "Europe/Copenhagen"),
    "XDUB": ("Dublin", "Europe/Dublin"),
    "XETR": ("Xetra", "Europe/Berlin"),
    "XFRA": ("Frankfurt", "Europe/Berlin"),
    "XHEL": ("Helsinki", "Europe/Helsinki"),
    "XHKG": ("HKEX", "Asia/Hong_Kong"),
    "XICE": ("Iceland", "Atlantic/Reykjavik"),
    "XIDX": ("IDX", "Asia/Jakarta"),
    "XIST": ("Istanbul", "Europe/Istanbul"),
    "XJSE": ("JSE", "Africa/Johannesburg"),
    "XKLS": ("Bursa Malaysia", "Asia/Kuala_Lumpur"),
    "XKRX": ("KRX", "Asia/Seoul"),
    "XLIS": ("Lisbon", "Europe/Lisbon"),
    "XLON": ("LSE", "Europe/London"),
    "XMAD": ("Madrid", "Europe/Madrid"),
    "XMEX": ("BMV", "America/Mexico_City"),
    "XMIL": ("Milan", "Europe/Rome"),
    "XNYS": ("NYSE", "America/New_York"),
    "XNZE": ("NZX", "Pacific/Auckland"),
    "XOSL": ("Oslo", "Europe/Oslo"),
    "XPAR": ("Paris", "Europe/Paris"),
    "XPRA": ("Prague", "Europe/Prague"),
    "XSES": ("SGX", "Asia/Singapore"),
    "XSGO": ("Santiago", "America/Santiago"),
    "XSHG": ("Shanghai", "Asia/Shanghai"),
    "XSTO": ("Stockholm", "Europe/Stockholm"),
    "XSWX": ("SIX", "Europe/Zurich"),
    "XTAE": ("Tel Aviv", "Asia/Tel_Aviv"),
    "XTAI": ("TWSE", "Asia/Taipei"),
    "XTKS": ("TSE", "Asia/Tokyo"),
    "XTSE": ("TSX", "America/Toronto"),
    "XTSX": ("TSX Venture", "America/Toronto"),
    "XWAR": ("Warsaw", "Europe/Warsaw"),
    "XWBO": ("Vienna", "Europe/Vienna"),
}

# what a cryptocurrency is quoted in; a class of shares is one or two letters after the dash
_QUOTES = "USD|USDT|USDC|EUR|GBP|KRW|JPY|CAD|AUD|CHF|BTC|ETH"
_CODES = (
    "AUD|BRL|CAD|CHF|CNH|CNY|CZK|DKK|EUR|GBP|HKD|HUF|IDR|ILS|INR|JPY|KRW|MXN|MYR|NOK|NZD|PHP|PLN|SEK|SGD|THB|TRY|TWD|"
    "USD|ZAR"
)
_COIN = re.compile(rf"([A-Z0-9]+)-({_QUOTES})")
_RATE = re.compile(rf".*({_CODES})=X")
_AMERICAN = re.compile(r"(?:NASDAQ|NYSE|NYSEARCA|AMEX):(.+)")
_SHARE_CLASS = re.compile(r"([A-Z]{1,5})([./])([A-Z])")
_KOREAN_CODE = re.compile(r"(?:A|KRX:)?([0-9]{6})")
_PAIR = re.compile(rf"({_CODES})/?({_CODES})")
_COIN_PAIR = re.compile(rf"([A-Z0-9]+)/({_QUOTES})")


def exchange_of(symbol: str) -> str:
    """The exchange a symbol trades on, as its MIC, or 24/7 and 24/5; without a known suffix it is New York.

    >>> exchange_of("005930.KS"), exchange_of("BRK.B"), exchange_of("^N225")
    ('XKRX', 'XNYS', 'XTKS')
    >>> exchange_of("BTC-KRW"), exchange_of("EURUSD=X"), exchange_of("GC=F")
    ('24/7', '24/5', '24/5')
    """
    name = symbol.upper()
    if name.startswith("^"):
        return _BY_INDEX.get(name, "XNYS")
    if name.endswith(("=X", "=F")):
        return WEEKDAYS
    if _COIN.fullmatch(name):
        return ALWAYS
    _, dot, suffix = name.rpartition(".")
    return _BY_SUFFIX.get(suffix, "XNYS") if dot else "XNYS"


def exchange_name(exchange: str) -> str:
    """An exchange's name for people; a MIC without one is its own name."""
    return _EXCHANGES[exchange][0] if exchange in _EXCHANGES else exchange


def exchange_zone(exchange: str) -> str | None:
    """The exchange's time zone, as in the tz database; None if no symbol trades there."""
    return _EXCHANGES[exchange][1] if exchange in _EXCHANGES else None


def exchanges() -> tuple[str, ...]:
    """All that `exchange_of` can give."""
    return tuple(_EXCHANGES)


def quoted_in(symbol: str) -> str:
    """The ISO code of the currency that the symbol itself names; empty where it names none.

    >>> quoted_in("BTC-KRW"), quoted_in("EURUSD=X"), quoted_in("KRW=X"), quoted_in("GC=F"), quoted_in("AAPL")
    ('KRW', 'USD', 'KRW', 'USD', '')
    """
    name = symbol.upper()
    if name.endswith("=F"):
        return "USD"
    match = _RATE.fullmatch(name)
    if coin := _COIN.fullmatch(name):
        return coin[2] if re.fullmatch(_CODES, coin[2]) else ""
    return match[1] if match else ""


def korean_code(symbol: str) -> tuple[str, str] | None:
    """The KRX code of a share and its market, "KS" for KOSPI or "KQ" for KOSDAQ; None of anything else.

    >>> korean_code("005930.KS"), korean_code("^KS11")
    (('005930', 'KS'), None)
    """
    code, dot, market = symbol.upper().rpartition(".")
    return (code, market) if dot and code and market in {"KS", "KQ"} else None


def normal(symbol: str) -> tuple[str, str | None]:
    """A symbol as Yahoo writes it, and in words what was changed beyond the letters' case; None if nothing was.

    Changed is only what can mean nothing else; the normal form of a normal form is itself.

    >>> normal("brk.b")
    ('BRK-B', 'BRK.B is written BRK-B here, as Yahoo does')
    >>> normal("005930")
    ('005930.KS', '005930 is written 005930.KS here, as Yahoo does; a KOSDAQ share ends in .KQ')
    >>> normal("EUR/USD")[0], normal("BTC/USD")[0], normal("VOD.L"), normal("^ks11")
    ('EURUSD=X', 'BTC-USD', ('VOD.L', None), ('^KS11', None))
    """
    given = symbol.strip().upper()
    american = _AMERICAN.fullmatch(given)
    written, more = _written(american[1] if american else given)
    return written, None if written == given else f"{given} is written {written} here, as Yahoo does{more}"


def _written(name: str) -> tuple[str, str]:
    """Yahoo's form of a name in capitals, and what else is to be said."""
    if match := _KOREAN_CODE.fullmatch(name):
        return f"{match[1]}.KS", "; a KOSDAQ share ends in .KQ"
    if (match := _SHARE_CLASS.fullmatch(name)) and (match[2] == "/" or match[3] not in _BY_SUFFIX):
        return f"{match[1]}-{match[3]}", ""
    if (match := _PAIR.fullmatch(name)) and match[1] != match[2]:
        return f"{match[1]}{match[2]}=X", ""
    if match := _COIN_PAIR.fullmatch(name):
        return f"{match[1]}-{match[2]}", ""
    return name, ""
