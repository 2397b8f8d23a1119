"""What can go wrong while starting, as a sentence for whoever typed the command."""


class Trouble(Exception):
    """Starting is not possible. The message says what is wrong and how to mend it."""
