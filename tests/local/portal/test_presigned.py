"""Addresses that people's own functions presign, on task pages in a real browser."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from labelwright_local.simulated.browser import chromium
from tests.cli.test_serve import options, started

FUNCTIONS = """
import boto3

s3 = boto3.client("s3")

def link(key):
    return s3.generate_presigned_url("get_object", Params={"Bucket": "data", "Key": key})

def before(event, context):
    names = {"picture": "owl.svg", "text": "owl.txt"}
    return {"taskInput": {name: link(key) for name, key in names.items()}}

def after(event, context):
    return []
"""
TEMPLATE = """<crowd-form></crowd-form>
<img id="picture" src="{{ task.input.picture }}" alt="An owl">
<p id="text"></p><p id="part"></p><p id="unsigned"></p><p id="portal"></p>
<script>
const link = "{{ task.input.text | skip_autoescape }}";
async function show(id, address, options) {
  const read = async () => (await fetch(address, options)).text();
  document.getElementById(id).textContent = await read().catch(() => "blocked");
}
show("text", link);
show("part", link, {headers: {range: "bytes=4-8", "x-own": "1"}});
show("unsigned", link.split("?")[0]);
show("portal", new URL("/", document.baseURI));
</script>
"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"/>'

pytestmark = pytest.mark.browser


def test_presigned_addresses_work_on_task_pages_and_after_a_restart(tmp_path: Path) -> None:
    """In an image and for scripts; without a signature, and at the portal, nothing is read."""
    (tmp_path / "functions.py").write_text(FUNCTIONS, encoding="utf-8")
    (tmp_path / "page.html").write_text(TEMPLATE, encoding="utf-8")
    (tmp_path / "manifest.jsonl").write_text('{"source": "a"}\n', encoding="utf-8")
    data = tmp_path / "s3" / "data"
    data.mkdir(parents=True)
    (data / "owl.svg").write_text(SVG, encoding="utf-8")
    (data / "owl.txt").write_text("The owl flies.", encoding="utf-8")
    named = ["--handlers", "functions:before,functions:after"]
    for _ in range(2):
        with started(*options(tmp_path), *named, folder=tmp_path) as (_, printed), chromium() as b:
            page = b.new_page()
            page.goto(re.findall(r"http://\S+", printed)[0])
            page.get_by_label("Your name").fill("Ada")
            page.get_by_role("button", name="Sign in").click()
            with page.expect_response(re.compile("/page$")) as response:
                page.locator("[data-next]").click()
            policy = response.value.headers["content-security-policy"]
            frame = page.frame_locator("#page")
            expect(frame.locator("#text")).to_have_text("The owl flies.")
            expect(frame.locator("#part")).to_have_text("owl f")
            expect(frame.locator("#unsigned")).to_contain_text("AccessDenied")
            expect(frame.locator("#portal")).to_have_text("blocked")
            assert frame.locator("#picture").evaluate("image => image.naturalWidth") == 30
            assert len(re.findall("http://", policy)) == 1
