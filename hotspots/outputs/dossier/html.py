"""A dossier as one web page to print: its style and its pictures in it, and no script."""

from base64 import b64encode

from markupsafe import Markup, escape

from hotspots.outputs.dossier.blocks import (
    LINE,
    Block,
    Bullets,
    Heading,
    Page,
    Paragraph,
    Picture,
    Table,
)

_PAGE = Markup("""<!DOCTYPE html>
<html lang="nl">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{sheet}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p class="subtitle">{subtitle}</p>
{blocks}
</main>
<footer><p>{foot}</p></footer>
</body>
</html>
""")  # noqa: E501

_LONGEST_WORD = 24


def html_of(page: Page, *, sheet: str) -> str:
    """Return a page as HTML; every text in it is shown as it is.

    Parameters
    ----------
    page
        What to write.
    sheet
        The style sheet of the municipality.
    """
    return str(
        _PAGE.format(
            title=_text(page.title),
            # The sheet is the municipality's own; it may style, never leave its element.
            sheet=Markup(sheet.replace("<", "\\3c ")),  # noqa: S704
            subtitle=_text(page.subtitle),
            blocks=Markup("\n").join(_block(block) for block in page.blocks),
            foot=_text(page.foot),
        )
    )


def _text(text: str) -> Markup:
    return Markup("<br>").join(escape(line) for line in text.split(LINE))


def _block(block: Block) -> Markup:
    match block:
        case Heading(text):
            return Markup("<h2>{}</h2>").format(_text(text))
        case Paragraph(text, note):
            kind = Markup(' class="note"') if note else Markup("")
            return Markup("<p{}>{}</p>").format(kind, _text(text))
        case Bullets(items):
            listed = Markup("").join(Markup("<li>{}</li>").format(_text(item)) for item in items)
            return Markup("<ul>{}</ul>").format(listed)
        case Picture(png, caption, description):
            return Markup(
                '<figure><img src="data:image/png;base64,{}" alt="{}">'
                "<figcaption>{}</figcaption></figure>"
            ).format(b64encode(png).decode(), description.replace(LINE, " "), _text(caption))
        case Table():
            return _table(block)


def _class(text: str, *, is_figure: bool) -> Markup:
    """A word too long for its column, such as a hash, may be broken; no other."""
    is_long = any(len(word) > _LONGEST_WORD for word in text.split())
    names = ["figure"] * is_figure + ["long"] * is_long
    return Markup(' class="{}"').format(" ".join(names)) if names else Markup("")


def _table(table: Table) -> Markup:
    def cells(tag: str, texts: "list[str] | tuple[str, ...]") -> Markup:
        return Markup("").join(
            Markup("<{0}{1}{2}>{3}</{0}>").format(
                Markup(tag),  # noqa: S704
                Markup(' scope="col"') if tag == "th" else "",
                _class(text, is_figure=n in table.figures),
                _text(text),
            )
            for n, text in enumerate(texts)
        )

    rows = Markup("").join(
        Markup("<tr>{}</tr>\n").format(cells("td", list(row))) for row in table.rows
    )
    return Markup(
        "<table><caption>{}</caption><thead><tr>{}</tr></thead>\n<tbody>{}</tbody></table>"
    ).format(_text(table.caption), cells("th", list(table.head)), rows)
