"""What proves the audit trail to others: signed anchors, their copies outside, exports, bundles."""
