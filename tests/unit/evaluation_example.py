"""What stands in for the runs of a fit or a screening."""


class StandIn:
    """Tells what `found` says of each run, and keeps in `asked` what it was asked."""

    def __init__(self):
        self.asked = []

    def __call__(self, runs):
        for wanted in runs:
            self.asked.append(wanted)
            yield wanted, self.found(wanted)
