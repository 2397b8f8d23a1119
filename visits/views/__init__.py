"""The pages of the room: each module holds one family of them."""
