"""The manual: its pages, and what makes some of them from the program (`writing`)."""
