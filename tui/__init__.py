"""The screen of Whipsaw: a view of what the engine says.

Lowest first, each imports only what stands above it here:

    cells, spans                      what takes a cell, and which of two lines differ; words with a role
    theme, events, order              colours, what happens, which rows in which order
    canvas                            scales, lines in braille, axes
    paint, plot, curves               a widget that sends only changed cells; charts of prices and of models as text
    exchanges, sources, columns       the market, its data, and the list in words; forms for every width
    seeking, journey                  a symbol to add, looked for by name; an earlier session to look at
    link, state, keymap, messages     the engine's end, the truth of the screen, the keys, what widgets ask for
    pane, kept, stage                 a widget, and a screen that is built once, which show the state
    widgets, screens, stages, app     what is seen; which screens are loaded, built and gone to when
"""
