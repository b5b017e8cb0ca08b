"""Elements of HTML: text is always escaped, markup never by accident."""

from html import escape as _escape


class Markup(str):
    """Text that is HTML already."""


def markup(content):
    """Text, Markup, or a list of either, as Markup."""
    if isinstance(content, Markup):
        return content
    if isinstance(content, str):
        return Markup(_escape(content))
    return Markup("".join(markup(each) for each in content))


def element(name, content="", **attributes):
    """<name attributes>content</name>; `class_` is class, `colspan=None` is left out, `open=True` stands alone."""
    return Markup(f"<{name}{_attributes(attributes)}>{markup(content)}</{name}>")


def void(tag, **attributes):
    """An element that has no content, such as <img>."""
    return Markup(f"<{tag}{_attributes(attributes)}>")


def _attributes(attributes):
    return "".join(_attribute(key.rstrip("_").replace("_", "-"), value) for key, value in attributes.items())


def _attribute(name, value):
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{_escape(str(value))}"'


def scrolling(content, label):
    """A box of its own that scrolls sideways, by keyboard too."""
    return element("div", content, class_="scroll", role="region", tabindex="0", aria_label=label)


def table(caption, head, rows):
    """A table of text; the first cell of a row names it.

    @param caption  what stands above it, as text
    @param head     texts of the columns
    @param rows     lists of cells, each text or Markup of a td or th
    """
    columns = element("thead", element("tr", [element("th", each, scope="col") for each in head]))
    body = element("tbody", [element("tr", [_cell(each, place) for place, each in enumerate(row)]) for row in rows])
    return scrolling(element("table", [element("caption", element("span", caption)), columns, body]), caption)


def _cell(content, place):
    if isinstance(content, Markup) and content.startswith(("<td", "<th")):
        return content
    return element("th", content, scope="row") if place == 0 else element("td", content)
