// Comfort for the inbox.
