"""The ledger (台账), on the screen and as a spreadsheet."""
