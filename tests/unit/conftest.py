"""Property tests try few examples by default, so that the unit tests stay quick.

``--hypothesis-profile thorough`` tries twenty times as many.
"""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("quick", max_examples=25, deadline=None)
settings.register_profile("thorough", max_examples=500, deadline=None)
settings.load_profile("quick")
