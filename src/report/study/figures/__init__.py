"""The figures of a report as PNG and SVG; one that cannot be drawn says why and keeps no other from being made."""
