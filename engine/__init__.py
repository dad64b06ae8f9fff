"""The engine: prices enter at one end, alarms leave at the other, each step in the file named for it.

 1. source       adapters/yahoo/, krx/, files/, replay.py one symbol's daily bars as traded, with splits and dividends
 2. refresh      services/refresh/                       what is missing is fetched; a fault is said, nothing is lost
 3. store        adapters/store/                         bars are append-only; a contradiction is kept beside, flagged
 4. as-of view   core/bars.py                            rows up to a session and what was known by then, nothing later
 5. quality      core/quality/, gate.py                  rows that may not be scored are left out of the view
 6. presets      core/presets/, core/windows.py          bars to windows and targets; blocks cut by time
 7. LSTM bank    training/ fits it, core/lstm.py runs it one network a ticker, trained in one graph; numpy at inference
 8. forecast     core/forecast.py                        a band around the mean, from errors on rows never trained on
 9. features     core/series.py, core/features.py        momentum, volatility and forecast, aligned by session
10. detectors    core/detect/                            one kind a file: score(t) from rows up to t
11. calibration  core/pooling.py, core/calibration.py    score to p against the past of its group; thresholds
12. episodes     core/episodes.py, alarms.py             many alarming sessions are one alarm; each decides once
13. judge        core/judge.py, core/market_first.py     steps 10 to 12 for one session of a list, the market first
14. scan         services/scan/, core/known.py           gathers 3 to 9, judges, keeps forecasts and episodes
15. board        services/watch/, board/                 core's values as the rows that screens show
16. wire         desk/, server.py, client.py             commands in, a snapshot, then deltas out

What becomes of an alarm is core/grading.py: right or wrong 5, 10 and 21 sessions after, by a rule its kind names; the
record of a kind records.py. What becomes of one that nobody watches any more: unwatched.py. Which rules hold for a list
is rules.py: the settings, its file, its tickers' own; core/preview.py counts the past year under others. Why there is
no alarm: services/explain.py, from what was judged last (core/lasting.py).
A replay, whose sessions follow each other, lets its pools go on instead of making them anew: core/rolling.py.
Which alerts stand out of all that was looked at is core/confirm.py; what was raised beside the budget core/realised.py.

Between two closes quotes make the bar that forms (core/forming.py), which takes steps 9 to 12 against what the last
close calibrated (core/provisional.py, services/provisional.py); the next one lets its alarms stand or withdraws them.

Which model speaks follows from the records (core/succession.py, registry.py); a new one must not be worse than that one
(core/champion.py, services/train.py); it is due by age or by drift (core/drift.py, services/retraining.py).

Who calls whom in time stands in schedule/; what runs in the background in jobs.py; wiring/ builds it all. A replay
(services/replay.py) takes the same steps 4 to 13. A session more costs its own rows alone: what a model said goes on in
core/heard.py, features and scores in core/stream.py, which scores a bar before its close, too.

Breaks, drifts and surprises are scored on a ticker's own part, what its list leaves of its moves (core/index.py; what
is kept of each list core/remembered.py); the other kinds while an alarm of the market is open (core/residual.py).

How a list stood after an earlier session is the same path as of that day: board/sight.py, services/timeline.py; how its
alarms did core/hindsight.py.

Who may import whom is a test: tests/test_architecture.py.

What a forecast is worth is measured beside this path: services/evaluate/ leads a preset and the baselines of
core/evaluation/ through steps 4 to 8, fold by fold.
"""
