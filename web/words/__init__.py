"""What the screens say: values of the core turned into sentences. No database, no request beyond its language."""
