"""The same screen in a browser: a page on a loopback address, and a screen's process behind each tab that shows it.

textual-serve brings the terminal that runs in the page and the way its bytes go; this package says who may open it.
"""

from tui.web.serving import Address, serve

__all__ = ["Address", "serve"]
