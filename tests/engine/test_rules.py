"""The rules of a list's alarms: the settings, what its file says otherwise, its tickers' own; changed while it runs."""

import math

import msgspec
import pytest

from engine.adapters.watchlists.fields import ALARMS, KIND_NAMES, WEIGHT
from engine.config import AlarmSettings, Settings, SettingsFile
from engine.config.settings import KindWeights
from engine.core.budget import Override, Rate
from engine.core.detect import KINDS
from engine.core.series import Windows
from engine.errors import ConfigError
from engine.home import Options
from engine.ports import AlarmRules, List, Ticker
from engine.rules import Rulebook, Rules, rules_of

PLAIN = List("mine", "Mine", (Ticker("AAA"), Ticker("BBB")))


def listed(*tickers, **said):
    return List("mine", "Mine", tickers, alarms=AlarmRules(**said))


def test_without_a_word_of_anybody_the_usual_rules_hold():
    rules, usual = rules_of(AlarmSettings(), PLAIN), Rules()
    assert (rules.windows, rules.budget.kinds) == (usual.windows, usual.budget.kinds)
    assert rules.budget.shares("AAA", rules.budget.kinds) == usual.budget.shares("AAA", usual.budget.kinds)


def test_a_list_says_otherwise_for_itself():
    rules = rules_of(AlarmSettings(budget=3, trend=15), listed(budget=1.0, alerts=0.1, trend=20, cooldown=5))
    assert (rules.budget.a_year, rules.budget.alerts_a_year, rules.budget.cooldown) == (1.0, 0.1, 5)
    assert rules.windows == Windows(trend=20)


def test_what_a_list_does_not_say_is_as_in_the_settings():
    rules = rules_of(AlarmSettings(budget=3, market=2, market_alerts=1), listed(trend=20))
    assert (rules.budget.a_year, rules.budget.market) == (3, Rate(2, 1))


@pytest.mark.parametrize("of", [PLAIN, listed(budget=0.2)], ids=["settings", "list"])
def test_there_are_never_more_alerts_than_alarms(of):
    budget = rules_of(AlarmSettings(budget=0.3, market=1), of).budget
    assert budget.alerts_a_year == budget.a_year
    assert budget.market == Rate(1, 1)


def test_a_kind_of_weight_zero_is_off_and_the_others_share_its_part():
    rules = rules_of(AlarmSettings(kinds=KindWeights(drift=0)), listed(kinds=(("exhaustion", 2.0),)))
    shares = rules.budget.shares("AAA", KIND_NAMES)
    assert "drift" not in shares
    assert shares["exhaustion"].watch / shares["volatility_shock"].watch == pytest.approx(2.0 / 5.0)
    assert sum(rate.watch for rate in shares.values()) == pytest.approx(2.0)


def test_a_ticker_has_its_own_budget_with_as_large_a_part_of_alerts_and_its_own_kinds():
    rules = rules_of(AlarmSettings(), listed(Ticker("AAA", budget=1.0), Ticker("BBB", off=("drift",)), Ticker("CCC")))
    assert rules.budget.overrides == {
        "AAA": Override(frozenset(), 1.0, 0.25),
        "BBB": Override(frozenset({"drift"}), None, None),
    }


def test_the_budget_of_a_list_is_the_sum_of_its_tickers():
    of = listed(Ticker("AAA", budget=1.0), Ticker("BBB"), Ticker("CCC"))
    assert rules_of(AlarmSettings(), of).budget.of(each.symbol for each in of.tickers) == 5.0


def test_every_kind_there_is_has_a_weight_among_the_settings():
    assert msgspec.to_builtins(KindWeights()) == {kind.name: kind.weight for kind in KINDS}


@pytest.mark.parametrize("key", [*ALARMS, "kinds.drift"])
def test_a_list_may_say_just_what_the_settings_may(key):
    allowed = WEIGHT if key.startswith("kinds.") else ALARMS[key]
    for value in (allowed.low, allowed.high, allowed.low - 1, math.nextafter(allowed.high, math.inf), 2.5):
        assert is_setting(key, int(value) if float(value).is_integer() else value) is allowed.holds(value)


def is_setting(key, value):
    """Whether the settings take a value."""
    for name in reversed(key.split(".")):
        value = {name: value}
    try:
        msgspec.convert(value, AlarmSettings)
    except msgspec.ValidationError:
        return False
    return True


# --- the file of the settings ---


@pytest.fixture
def file(tmp_path):
    return tmp_path / "config.toml"


def save(file, text):
    """Put a new file in the place of the old one, as editors do: at least its inode differs."""
    (file.parent / "new").write_text(text)
    (file.parent / "new").rename(file)


@pytest.fixture
def rulebook(file):
    save(file, "[alarms]\nbudget = 2\n")
    settings = SettingsFile(Options(home=file.parent))
    return Rulebook(settings.read(), settings.changed)


def test_a_change_of_the_file_is_taken_up_once(rulebook, file):
    save(file, "[alarms]\nbudget = 4\n")
    assert (rulebook.reread(), rulebook.reread()) == (True, None)
    assert rulebook.of(PLAIN).budget.a_year == 4


def test_a_change_of_other_settings_changes_nothing_for_alarms(rulebook, file):
    save(file, "[alarms]\nbudget = 2\n[screen]\nrate = 2\n")
    assert rulebook.reread() is False


def test_a_file_that_cannot_be_used_leaves_the_last_good_rules_in_force(rulebook, file):
    save(file, "[alarms]\nbudget = -4\n")
    with pytest.raises(ConfigError, match=r"line 2: alarms\.budget"):
        rulebook.reread()
    assert rulebook.reread() is None
    assert rulebook.of(PLAIN).budget.a_year == 2


def test_changes_can_be_looked_at_before_they_are_made():
    rulebook = Rulebook(Settings())
    assert rulebook.instead(("alarms.budget=4", "alarms.kinds.drift=0"), PLAIN).budget.a_year == 4
    assert rulebook.of(PLAIN).budget.a_year == 2
