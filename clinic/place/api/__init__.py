"""The place and its people, as other systems read and change them."""

from clinic.api.declaring import Collection
from clinic.place.api import people, places, protocol

COLLECTIONS: tuple[Collection, ...] = (*places.COLLECTIONS, *people.COLLECTIONS, *protocol.COLLECTIONS)
