"""What a drift is: its changed fields, its fingerprint, and when it may be adopted unasked."""
