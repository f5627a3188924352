"""Anybody's cross-tables: read from files, protected by the gate, written, and audited once they are printed."""
