"""Damaged and absurd input, drawn from a seed: whatever it is, the program answers in a sentence.

`python -m tests.fuzz --seed 7 --count 5000` tries many and prints what was found;
`python -m tests.fuzz --seed 7 --only 123` repeats one input and shows it.
"""
