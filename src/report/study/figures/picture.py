"""Drawings, and how they are written to files."""

import io
from dataclasses import dataclass

import matplotlib

matplotlib.use("Agg")  # no display needed
import matplotlib.pyplot as plt

matplotlib.rcParams.update(
    {
        "font.size": 9,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "legend.frameon": False,
        "hatch.linewidth": 0.6,
        "svg.hashsalt": "sslslr",  # the same report gives the same bytes
    }
)

BROAD_INCHES = 6.6  # 40 rem, the width to which the page lets it shrink


class FigureError(Exception):
    """Why a figure cannot be drawn, for the user."""


@dataclass
class Drawing:
    """A figure of matplotlib with its texts."""

    figure: object
    alt: str  # what the figure shows, for readers who cannot see it
    caption: str  # how to read it


@dataclass
class Picture:
    """A figure of the report, or the error that prevented it."""

    name: str
    title: str
    alt: str = ""
    caption: str = ""
    is_broad: bool = False  # too wide for a phone: scrolls there instead of shrinking
    of_classes: bool = False  # belongs to the section of classes
    svg: bytes = b""
    error: str = ""

    @property
    def is_made(self):
        return not self.error


def make_picture(name, title, draw, folder, of_classes=False):
    """Calls draw() for a Drawing and writes FOLDER/NAME.svg.

    An error affects only this figure, because tables matter more than a drawing.
    """
    picture = Picture(name, title, of_classes=of_classes)
    path = folder / f"{name}.svg"
    path.unlink(missing_ok=True)  # an old figure would be taken for this one
    try:
        drawing = draw()
        picture.alt, picture.caption = drawing.alt, drawing.caption
        picture.is_broad = drawing.figure.get_figwidth() > BROAD_INCHES
        picture.svg = _svg(drawing.figure)
        path.write_bytes(picture.svg)
    except FigureError as error:
        picture.error = str(error)
    except Exception as error:
        picture.error = f"drawing failed: {type(error).__name__}: {error}"
    plt.close("all")
    return picture


def save(figure, path, rect=(0, 0, 1, 1)):
    """Writes a figure to a file of its own and prints the path; its axes fill `rect` of it."""
    figure.tight_layout(rect=rect)
    figure.savefig(path, dpi=150)
    print(path)


def _svg(figure):
    content = io.BytesIO()
    figure.savefig(content, format="svg", dpi=150, bbox_inches="tight", metadata={"Date": None})
    return content.getvalue()
