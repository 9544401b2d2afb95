"""The page of a bundle of evidence as PDF, where the libraries are installed that draw it (Pango)."""

STYLE = """
    @page { size: A4 landscape; margin: 14mm; @bottom-right { content: counter(page) " / " counter(pages) } }
    html { font: 9pt "Noto Sans CJK SC", "Noto Sans SC", "WenQuanYi Micro Hei", sans-serif }
    table { border-collapse: collapse; width: 100% }
    th, td { border: 0.3pt solid #888; padding: 2pt 4pt; text-align: left; overflow-wrap: anywhere }
    tr { break-inside: avoid }
"""


def pdf_of(page: str) -> bytes | None:
    """The HTML page as PDF, nothing fetched from anywhere; None where the libraries are missing."""
    try:
        from weasyprint import CSS, HTML
    except (ImportError, OSError):  # not installed, or without the libraries of the system
        return None
    return HTML(string=page, url_fetcher=_nothing).write_pdf(stylesheets=[CSS(string=STYLE)])


def _nothing(url, *args, **options):
    raise ValueError("a page of evidence holds everything that it shows")
