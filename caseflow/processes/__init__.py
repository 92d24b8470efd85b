"""What is deployed: the versions of the processes, their forms, and what the system reads of these."""
