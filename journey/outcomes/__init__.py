"""The outcome picture of one patient: what the scores say, and what happened meanwhile."""
