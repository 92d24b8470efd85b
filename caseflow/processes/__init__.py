"""What is deployed: the versions of the processes, their forms and effects by name."""
