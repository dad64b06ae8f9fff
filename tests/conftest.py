"""Properties are not timed: how fast examples are drawn says how busy the machine is, and nothing of the code."""

from hypothesis import HealthCheck, settings

settings.register_profile("untimed", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")
