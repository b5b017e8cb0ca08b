"""Styles that differ in grey as well as in colour: by marker, dashes, hatch and shade."""

# Okabe and Ito's colours, ordered so that neighbours differ in lightness.
COLOURS = ("#000000", "#d55e00", "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9")
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (7, 2)), (0, (1, 2)))
HATCHES = ("", "///", "...", "xxx", "\\\\\\", "+++", "ooo")
GREYS = ("0.65", "0.92", "0.4", "1.0", "0.8", "0.25", "0.55")
OTHERS = "0.78"  # for what is shown only for comparison


def at(looks, number):
    """Returns the style of a number; the styles repeat after the last."""
    return looks[number % len(looks)]


def short(text, length=24):
    return text if len(text) <= length else text[: length - 1] + "…"
