"""The legal inbox: every message is kept raw, acknowledged, matched to its contract, or queued for staff (DNB-4.15)."""
