"""Drawing a process, checking it, deploying it, and moving cases to it."""
