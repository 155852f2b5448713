"""The time loop: it follows the protocol and tells trackers about every step."""
