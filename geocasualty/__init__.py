"""Claims of harm to civilians, located honestly and joined to reported strikes.

The public names load on first use: ``import geocasualty as gcas`` costs little more than nothing.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
