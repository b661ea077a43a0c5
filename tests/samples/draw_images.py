"""The sample's pictures, drawn by headless Chromium: ``python -m tests.samples.draw_images``.

It needs fonts with Hebrew, Chinese and emoji (Debian: fonts-noto-core, fonts-wqy-microhei,
fonts-noto-color-emoji). Another version of Chromium or of the fonts gives other bytes, so tests do
not compare them.
"""

import html
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from labelwright_local.simulated.browser import chromium
from tests.samples import documents, lake, leaves
from tests.samples.chance import Chance

TEMPLATES = Path(__file__).parents[2] / "templates"
_PAGE = (640, 880)
_STYLE = """
body { margin: 0; padding: 44px 52px; width: 536px; height: 792px; overflow: hidden;
       font: 12.5px/1.42 "Liberation Serif", "Noto Serif Hebrew",
       "WenQuanYi Micro Hei", serif; color: #111; background: #fff; }
header { display: flex; justify-content: space-between; font-size: 10.5px; color: #555;
         border-bottom: 1px solid #888; padding-bottom: 4px; }
h1 { font-size: 21px; line-height: 1.2; margin: 22px 0 8px; }
address { font-style: italic; margin-bottom: 18px; }
section { margin: 0 22px 18px; text-align: justify; white-space: pre-line; }
b { font-variant: small-caps; margin-right: 6px; }
main { columns: 2; column-gap: 22px; }
i { display: block; height: 4px; margin: 0 0 7.5px; background: #c9c9c9; }
"""


@contextmanager
def browser_page(width: int, height: int, scale: float = 1) -> Iterator[Page]:
    """Open a page of a headless browser."""
    with chromium() as browser:
        yield browser.new_page(
            viewport={"width": width, "height": height}, device_scale_factor=scale
        )


def first_page(document: documents.Document) -> str:
    """Lay the abstract out as a paper's first page; what follows it is grey bars."""
    chance = Chance(f"page/{document.id}")
    lines = [100 if chance.happens(0.85) else int(chance.between(20, 80)) for _ in range(150)]
    bars = "".join(f'<i style="width:{width}%"></i>' for width in lines)
    abstract = f"<section><b>Abstract</b>{html.escape(document.text)}</section>"
    return (
        f'<!doctype html><meta charset="utf-8"><style>{_STYLE}</style>'
        f"<header><span>Annals of Invented Studies</span><span>{document.isbn}</span></header>"
        f"<h1>{html.escape(document.title)}</h1><address>{html.escape(document.author)}</address>"
        f"{abstract if document.text else ''}<main>{bars}</main>"
    )


def _png(shot: bytes, *, colours: int, grey: bool) -> bytes:
    """Reduce a screenshot to a palette."""
    image = Image.open(io.BytesIO(shot)).convert("L" if grey else "RGB")
    out = io.BytesIO()
    image.quantize(colours).save(out, "PNG", optimize=True)
    return out.getvalue()


def _save(uri: str, folder: Path, data: bytes) -> None:
    path = folder / "sample" / "s3" / uri.removeprefix("s3://")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    sys.stdout.write(f"{len(data):7,} {uri}\n")


def main() -> None:
    """Draw every picture of the samples."""
    with browser_page(*_PAGE, scale=1.5) as page:
        for document in documents.load():
            page.set_content(first_page(document))
            data = _png(page.screenshot(), colours=8, grey=True)
            _save(document.image_uri, TEMPLATES / documents.FOLDER, data)
    with browser_page(128, 128) as page:
        for leaf in leaves.load():
            page.set_content(
                f"<style>body{{margin:0}}svg{{display:block}}</style>{leaves.svg(leaf)}"
            )
            data = _png(page.screenshot(), colours=16, grey=False)
            _save(leaf.image_uri, TEMPLATES / leaves.FOLDER, data)
    with browser_page(lake.WIDTH, lake.HEIGHT) as page:
        for scene in lake.load():
            page.set_content(
                f"<style>body{{margin:0}}svg{{display:block}}</style>{lake.svg(scene)}"
            )
            data = _png(page.screenshot(), colours=32, grey=False)
            _save(scene.image_uri, TEMPLATES / lake.FOLDER, data)


if __name__ == "__main__":
    main()
