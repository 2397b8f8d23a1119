"""Signatures that tests draw."""

WAVE = [[[100 + 20 * at, 200 + (-1) ** at * 80] for at in range(20)], [[150, 330], [700, 300]]]
CROSS = [[[450, 150], [550, 250]], [[550, 150], [450, 250]]]
