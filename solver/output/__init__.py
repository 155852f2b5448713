"""What a run leaves behind: trackers that the time loop calls, each with one kind of output."""
