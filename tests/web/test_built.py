"""What is made of web/ and committed is what the sources make, and keeps to the rules."""

import hashlib
import re
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from labelwright_local.page.liquid import parse_template
from tests.samples.rendering import template_source

ROOT = Path(__file__).parents[2]
WEB = ROOT / "web"
CROWD_ELEMENTS = "https://assets.crowd.aws/crowd-html-elements.js"
PAGE = "abstract-entities"
#: All that are built of web/page.
PAGES = (PAGE, "text-entities", "response-comparison")


def node(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run Node in web/; it fails where Node or its packages are missing (`make page`)."""
    return subprocess.run(
        ["node", *arguments], cwd=WEB, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build everything into a folder of its own."""
    folder = tmp_path_factory.mktemp("built")
    done = node("build.mjs", folder)
    assert done.returncode == 0, done.stderr
    return folder


def files(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder, relative to it."""
    return (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())


def test_the_committed_files_are_what_the_sources_build(built: Path) -> None:
    """Whoever changed a source has run `make page`."""
    names = sorted(files(built))
    assert {Path(f"templates/{page}/template.liquid.html") for page in PAGES} <= set(names)
    stale = [str(name) for name in names if _bytes(ROOT / name) != _bytes(built / name)]
    assert stale == [], "run `make page`, and commit what it writes"


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def inlined(source: str) -> list[str]:
    """Return the template's inlined scripts and styles."""
    return re.findall(r"<(?:script|style)>(.*?)</(?:script|style)>", source, re.DOTALL)


@pytest.mark.parametrize("page", PAGES)
def test_a_template_is_small_ascii_and_one_script(page: str) -> None:
    """At most 65,536 characters of ASCII: the service's preview takes 128,000."""
    source = template_source(page)
    assert len(source) <= 65_536
    assert source.isascii()
    style, script = inlined(source)
    assert len(script) > 10_000
    assert len(style) > 1_000


def test_the_crowd_elements_are_one_small_script() -> None:
    """All of them in less than 300,000 bytes, of ASCII."""
    script = (ROOT / "infra/local/labelwright_local/assets/crowd-elements.js").read_bytes()
    assert len(script) < 300_000
    assert script.isascii()


@pytest.mark.parametrize("page", PAGES)
def test_nothing_inlined_means_something_to_liquid_or_html(page: str) -> None:
    """Liquid's marks, comments and ends of scripts stand in the template's own HTML only."""
    for content in inlined(template_source(page)):
        for mark in ("{{", "{%", "</script", "</style", "<!--"):
            assert mark not in content.lower()


def test_liquid_reads_the_task_in_two_places() -> None:
    """The task input goes whole, the image by its own way, and only where it has an address."""
    source = template_source(PAGE)
    parse_template(source)
    assert re.findall(r"{{.*?}}", source) == [
        "{{ task.input | to_json | escape }}",
        "{{ task.input.taskObject | grant_read_access }}",
    ]
    assert re.findall(r"{%.*?%}", source) == [
        "{% assign scheme = task.input.taskObject | slice: 0, 5 %}",
        "{% if scheme == 's3://' %}",
        "{% endif %}",
    ]


@pytest.mark.parametrize("page", PAGES[1:])
def test_pages_without_a_picture_are_given_the_task_alone(page: str) -> None:
    """Liquid reads the task input in one place."""
    assert re.findall(r"{[{%].*?[%}]}", template_source(page)) == [
        "{{ task.input | to_json | escape }}"
    ]


@pytest.mark.parametrize("page", PAGES)
def test_no_address_but_the_crowd_elements_script(page: str) -> None:
    """What the page loads comes from there, or is the image; names of standards load nothing."""
    addresses = set(re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\s\"'`)<>]*", template_source(page)))
    standards = {address for address in addresses if address.startswith("http://www.w3.org/")}
    assert addresses - standards == {CROWD_ELEMENTS}


@pytest.mark.parametrize(
    "bad", ["a{{b", "a{%b", "a</SCRIPT>", "a</style>", "a<!--", "caf\u00e9"], ids=ascii
)
def test_a_part_that_must_not_be_inlined_fails_the_build(bad: str) -> None:
    """The build says what is wrong, in which part, and where."""
    code = (
        "const { check } = await import('./page/parts.mjs');check('the script', process.argv[1]);"
    )
    done = node("--input-type=module", "-e", code, bad)
    assert done.returncode != 0
    assert re.search(r"Error: the script holds .* at character [13], in \"", done.stderr)


@pytest.mark.parametrize("page", PAGES)
def test_hosted_files_are_named_and_checked_by_their_hash(
    page: str, built: Path, tmp_path: Path
) -> None:
    """The other output refers to its files below the base, with their integrity."""
    done = node("page/hosted.mjs", "https://static.example.org/lw/", tmp_path, page)
    assert done.returncode == 0, done.stderr
    template = (tmp_path / "template.liquid.html").read_text("ascii")
    assert len(template) < 2_000
    references = re.findall(
        r'="https://static\.example\.org/lw/([^"]+)" integrity="sha384-([^"]+)"'
        r' crossorigin="anonymous"',
        template,
    )
    assert {Path(name).suffix for name, _ in references} == {".js", ".css"}
    for name, integrity in references:
        content = (tmp_path / name).read_bytes()
        assert b64encode(hashlib.sha384(content).digest()).decode() == integrity
        assert hashlib.sha256(content).hexdigest()[:16] in name
    same = (built / "templates" / page / "template.liquid.html").read_text("ascii")
    assert {(tmp_path / name).read_text("ascii") for name, _ in references} == set(inlined(same))


@pytest.mark.parametrize(
    "arguments",
    [[], ["https://a.example"], ["http://a.example", "x"], ["https://a.example", "x", "toString"]],
)
def test_hosted_files_need_a_safe_base(arguments: list[str], tmp_path: Path) -> None:
    """Without a base that begins with https:// nothing is written."""
    done = node("page/hosted.mjs", *arguments)
    assert done.returncode == 2
    assert "usage:" in done.stderr
    assert list(files(tmp_path)) == []
