"""The forms of the room, in modules named as the views that show them."""
