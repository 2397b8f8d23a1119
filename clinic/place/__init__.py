"""The place and its people, as the clinic admin keeps them."""
