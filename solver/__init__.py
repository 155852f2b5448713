"""Phase-field and finite-element solver for cracking cathode particles."""
