"""`make bench`: the clinic with a great deal in it, measured against a floor. It may import every room; no room it."""
