"""The figures of a report as SVG. One that cannot be drawn reports why and does not stop the others."""
