"""Look for disputes that may be the same as one being written down 查重, by indexes alone.

asked      what is looked for: a form half filled, or a stored dispute
arm        the bounded ways to find what is worth weighing, all in one statement
candidate  the few that are shown, each with its reasons, within what the viewer may read
"""

from service.queries.duplicate.asked import stored, typed
from service.queries.duplicate.candidate import Candidate, Pairing, candidates, like, pairings

__all__ = ["Candidate", "Pairing", "candidates", "like", "pairings", "stored", "typed"]
