"""Outcomes of the whole clinic: who responded, who was lost on the way, how long it lasted."""
