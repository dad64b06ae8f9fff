"""Symbols as Yahoo writes them, and the exchange that the end of a symbol stands for."""

_BY_SUFFIX = {
    "AS": "XAMS",
    "AX": "XASX",
    "BR": "XBRU",
    "CO": "XCSE",
    "DE": "XETR",
    "F": "XFRA",
    "HE": "XHEL",
    "HK": "XHKG",
    "IR": "XDUB",
    "KQ": "XKRX",
    "KS": "XKRX",
    "L": "XLON",
    "LS": "XLIS",
    "MC": "XMAD",
    "MI": "XMIL",
    "MX": "XMEX",
    "NZ": "XNZE",
    "OL": "XOSL",
    "PA": "XPAR",
    "SA": "BVMF",
    "SS": "XSHG",
    "ST": "XSTO",
    "SW": "XSWX",
    "SZ": "XSHG",  # Shenzhen keeps Shanghai's sessions
    "T": "XTKS",
    "TO": "XTSE",
    "TW": "XTAI",
    "VI": "XWBO",
    "WA": "XWAR",
}
_NAMES = {
    "BVMF": "B3",
    "XAMS": "Amsterdam",
    "XASX": "ASX",
    "XBRU": "Brussels",
    "XCSE": "Copenhagen",
    "XDUB": "Dublin",
    "XETR": "Xetra",
    "XFRA": "Frankfurt",
    "XHEL": "Helsinki",
    "XHKG": "HKEX",
    "XKRX": "KRX",
    "XLIS": "Lisbon",
    "XLON": "LSE",
    "XMAD": "Madrid",
    "XMEX": "BMV",
    "XMIL": "Milan",
    "XNYS": "NYSE",
    "XNZE": "NZX",
    "XOSL": "Oslo",
    "XPAR": "Paris",
    "XSHG": "Shanghai",
    "XSTO": "Stockholm",
    "XSWX": "SIX",
    "XTAI": "TWSE",
    "XTKS": "TSE",
    "XTSE": "TSX",
    "XWAR": "Warsaw",
    "XWBO": "Vienna",
}


def exchange_of(symbol: str) -> str:
    """The exchange a symbol trades on, as its MIC; without a known suffix it is New York.

    >>> exchange_of("005930.KS"), exchange_of("BRK.B")
    ('XKRX', 'XNYS')
    """
    _, dot, suffix = symbol.upper().rpartition(".")
    return _BY_SUFFIX.get(suffix, "XNYS") if dot else "XNYS"


def exchange_name(exchange: str) -> str:
    """An exchange's name for people; a MIC without one is its own name."""
    return _NAMES.get(exchange, exchange)
