"""HTML elements. Text is always escaped; markup is not."""

from html import escape as _escape


class Markup(str):
    """Text that is HTML already."""


def markup(content):
    """Converts text, Markup, or a list of either, to Markup."""
    if isinstance(content, Markup):
        return content
    if isinstance(content, str):
        return Markup(_escape(content))
    return Markup("".join(markup(each) for each in content))


def element(name, content="", **attributes):
    """Returns <name attributes>content</name>:
    `class_` sets class, None omits an attribute, True only its value."""
    return Markup(f"<{name}{_attributes(attributes)}>{markup(content)}</{name}>")


def void(tag, **attributes):
    """Returns an element that has no content, such as <img>."""
    return Markup(f"<{tag}{_attributes(attributes)}>")


def _attributes(attributes):
    return "".join(_attribute(key.rstrip("_").replace("_", "-"), value) for key, value in attributes.items())


def _attribute(name, value):
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{_escape(str(value))}"'


def scrolling(content, label):
    """Wraps content in a box that scrolls sideways, also by keyboard."""
    return element("div", content, class_="scroll", role="region", tabindex="0", aria_label=label)


def table(caption, head, rows):
    """Returns a table of text. The first cell of each row is its heading.

    @param caption  text above the table
    @param head     texts of the columns
    @param rows     lists of cells, each text or Markup of a td or th
    """
    columns = element("thead", element("tr", [element("th", each, scope="col") for each in head]))
    body = element("tbody",
                   [element("tr", [_cell(each, place) for place, each in enumerate(row)]) for row in rows])
    return scrolling(element("table", [element("caption", element("span", caption)), columns, body]), caption)


def _cell(content, place):
    if isinstance(content, Markup) and content.startswith(("<td", "<th")):
        return content
    return element("th", content, scope="row") if place == 0 else element("td", content)
