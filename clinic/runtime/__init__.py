"""How Evenkeel runs: its own database and broker, and the supervisor that is parent of every part.

`python -m clinic.runtime run` starts the whole clinic, `servers` only the database and the broker.
Nothing here knows Django; the parts get what they need through environment variables.
"""
