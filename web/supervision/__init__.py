"""The pages of those who watch: board, handing over, standing in, urging, dispatches, discipline, duplicates."""
