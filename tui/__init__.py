"""The screen of Whipsaw: a view of what the engine says.

Lowest first, each imports only what stands above it here:

    spans, theme, events, order       words with a role, colours, what happens, which rows in which order
    paint, plot                       a widget that sends only changed cells; a price chart as text
    exchanges, sources, columns       the market, its data, and the list in words; forms for every width
    seeking                           a symbol to add, looked for by name
    link, state, keymap, messages     the engine's end, the truth of the screen, the keys, what widgets ask for
    widgets, screens, app             what is seen
"""
