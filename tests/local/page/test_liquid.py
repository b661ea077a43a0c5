"""Liquid as Ground Truth speaks it."""

import html
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelwright_local.page.dialect.filters import KNOWN
from labelwright_local.page.liquid import GroundTruthLiquid, render_page
from labelwright_local.page.template_error import TemplateError, error_page


def grant(uri: str) -> str:
    """Give an address that has an ampersand, as signed ones have."""
    return f"/s3/{uri.removeprefix('s3://')}?expires=1&signature=2"


def rendered(template: str, **task_input: Any) -> str:
    """Render with a task input."""
    return render_page(template, task_input, grant)


def fault(template: str, **task_input: Any) -> TemplateError:
    """Return the error that rendering ends with."""
    with pytest.raises(TemplateError) as caught:
        rendered(template, **task_input)
    return caught.value


@pytest.mark.parametrize(
    ("template", "page"),
    [
        ("{{ task.input.t }}", "&lt;b&gt;&#39;&amp;amp;"),
        ("{{ task.input.t | escape }}", "&lt;b&gt;&#39;&amp;amp;"),
        ("{{ task.input.t | escape_once }}", "&lt;b&gt;&#39;&amp;"),
        ("{{ task.input.t | skip_autoescape }}", "<b>'&amp;"),
        ("{{ task.input.missing }}|{{ task.input.missing.deeper }}", "|"),
        ("{{ task.input.missing | to_json }}", "null"),
        ("{{ task.input.source-ref }}", "s3://bucket/k"),
        ("{{ task.input.labels | to_json }}", "[&#34;a&#34;, &#34;é&#34;]"),
        ("{{ task.input.labels | to_json | escape }}", "[&#34;a&#34;, &#34;é&#34;]"),
        ("{% for l in task.input.labels %}{{ l }},{% endfor %}", "a,é,"),
    ],
)
def test_what_is_printed_is_escaped_once(template: str, page: str) -> None:
    """Unless the template asks for it as it stands; what is missing prints nothing."""
    values = {"t": "<b>'&amp;", "labels": ["a", "é"], "source-ref": "s3://bucket/k"}
    assert rendered(template, **values) == page


@pytest.mark.parametrize("name", ["grant_read_access", "s3_presign"])
def test_an_object_is_granted_by_its_address(name: str) -> None:
    """The link's ampersand is escaped, as in an attribute it must be."""
    page = rendered(
        f'<img src="{{{{ task.input.source-ref | {name} }}}}">',
        **{"source-ref": "s3://bucket/a.png"},
    )
    assert page == '<img src="/s3/bucket/a.png?expires=1&amp;signature=2">'


@pytest.mark.parametrize(
    "value", [" ", "", None, "https://elsewhere/a.png", "s3://", 7, ["s3://b/k"]]
)
def test_what_is_no_s3_address_is_refused_in_the_services_words(value: Any) -> None:
    """With the place of the filter."""
    error = fault("\n  {{ task.input.image | grant_read_access }}", image=value)
    assert error.message.startswith(
        'InvalidParameters: \'"grant_read_access" input is not a valid S3 URI: '
    )
    assert (error.line, error.column) == (2, 25)


@pytest.mark.parametrize(
    ("template", "place", "says"),
    [
        ("a\n{{ task.input.x | nope }}", (2, 19), "unknown filter 'nope'"),
        ("a\r\n\r\n  {% nope %}", (3, 6), "unexpected tag 'nope'"),
        ("{{ task.input.x ", (1, 1), "expected '}}'"),
        ("a\n{% if task.input.x %}\n{% for y in z %}{% endfor %}\n", (2, 4), "expected tag endif"),
        ("{% for x in y %}{% if z %}\n{% endif %}", (1, 4), "expected tag endfor"),
        ("\n{% endfor %}", (2, 4), "unexpected tag 'endfor'"),
        ("{% include 'other' %}", (1, 12), "other"),
        ("{{ task.input.x | append: (1..3000000) }}", (1, 31), "numbers in a range"),
        ("{{ a" + "[a" * 21 + "]" * 21 + " }}", (1, 45), "brackets inside each other"),
        ("{% if a" + " or a" * 101 + " %}{% endif %}", (1, 509), "{% case %}"),
    ],
)
def test_an_error_has_line_and_column(template: str, place: tuple[int, int], says: str) -> None:
    """Also of a block that is never closed, which is where it begins."""
    error = fault(template)
    assert (error.line, error.column) == place
    assert says in error.message
    assert str(error).startswith(f"line {place[0]}, column {place[1]}: ")


@pytest.mark.parametrize(
    "template",
    [
        "{% for i in (1..2000000) %}x{% endfor %}",
        "{% for i in (1..2000) %}{% for j in (1..2000) %}x{% endfor %}{% endfor %}",
        "{% assign s = 'xxxxxxxx' %}{% for i in (1..64) %}"
        "{% assign s = s | append: s %}{% endfor %}",
        "{% for i in (1..900000) %}{{ task.input.text }}{% endfor %}",
        "{% assign n = 10 %}{% for i in (1..20) %}{% assign n = n | times: n %}{% endfor %}{{ n }}",
        "{{ (1..task.input.n) | join: ',' }}",
        "{% for i in (1..task.input.n) offset: 900000000000 limit: 1 %}{% endfor %}",
        "{% assign r = (1..task.input.n) %}{% if r contains 'a' %}{% endif %}",
        "{% for i in (1..100000) %}" + "{% if i > 3 %}{% endif %}" * 10 + "{% endfor %}",
        "{% for i in (1..900000) %}{% endfor %}" * 5,
        "{% tablerow i in (1..900000) %}{% endtablerow %}",
        "{% case 1 %}{% when 1,1,1,1,1,1,1,1 %}" * 20 + "x" + "{% endcase %}" * 20,
        "{{ task.input.text | replace: 'x', task.input.text }}",
        "{{ task.input.text | replace: '', task.input.text }}",
        "{% assign a = task.input.list %}{% for i in (1..40) %}{% assign a = a | concat: a %}"
        "{% endfor %}",
        "{% assign a = task.input.list %}{% for i in (1..15) %}{% assign a = a | concat: a %}"
        "{% endfor %}{{ a }}",
        "{% assign a = task.input.list %}{% for i in (1..15) %}{% assign a = a | concat: a %}"
        "{% endfor %}{{ a | sort_natural | size }}",
        "{% for i in (1..100000) %}{% ifchanged %}{{ task.input.text }}{% endifchanged %}"
        "{% endfor %}",
        "{% for i in (1..100000) %}{% if task.input.text == task.input.text %}{% endif %}"
        "{% endfor %}",
        "{% for i in (1..100000) %}{% case task.input.text %}{% when task.input.text %}"
        "{% endcase %}{% endfor %}",
        "{% for i in task.input.many %}{% if task.input.many contains -1 %}{% endif %}{% endfor %}",
        "{% for i in task.input.many %}{% assign x = task.input.many | where: 'a' %}{% endfor %}",
        "{{ task.input.long | split: '' | size }}",
        "{{ 'now' | date: task.input.text }}",
        "{% for i in (1..125000) %}<a><b><c><d><e>{% endfor %}",
    ],
)
def test_a_template_that_runs_away_is_stopped(template: str) -> None:
    """It neither fills the memory nor runs for hours."""
    values = {"text": "x" * 100_000, "long": "x" * 2_000_000, "n": 10**12}
    many = {"list": ["x" * 100_000], "many": list(range(20_000))}
    assert fault(template, **values, **many).code == "template-invalid"


def test_a_large_page_of_honest_work_is_made() -> None:
    """Thousands of rows with a dozen values each, and a long text."""
    rows = [{"id": number, "name": f"row {number}", "tags": ["a", "b"]} for number in range(5_000)]
    template = (
        "{% for row in task.input.rows %}<tr>{% if row.id > 10 and row.name contains '1' %}"
        "<td>{{ row.id | plus: 1 }}</td>{% else %}<td>{{ row.name | upcase | append: '!' }}</td>"
        "{% endif %}<td>{{ row.tags | join: ', ' }}{{ forloop.index }}</td></tr>{% endfor %}"
        "<p>{{ task.input.text | escape }}{{ task.input.text | split: ' ' | size }}</p>"
        "<i data-rows='{{ task.input.rows }}'></i>"
    )
    assert rendered(template, rows=rows, text="word " * 100_000).count("<tr>") == 5_000


@pytest.mark.parametrize(
    ("template", "page"),
    [
        ("{{ task.input.list }}", '["a", "é", [null, true, 1.5]]'),
        ("{{ task.input.map }}", '{"k": {"x": 1}, "t": "it\'s"}'),
        ("{{ task.input.list | first }}|{{ task.input.list | last }}", "a|[null, true, 1.5]"),
        ("{% for pair in task.input.map %}{{ pair }};{% endfor %}",
         '["k", {"x": 1}];["t", "it\'s"];'),
        ("{% echo task.input.list %}", '["a", "é", [null, true, 1.5]]'),
        ("{% cycle task.input.list %}", '["a", "é", [null, true, 1.5]]'),
        ("{% assign l = task.input.list %}{{ l }}", '["a", "é", [null, true, 1.5]]'),
        ("{% capture c %}{{ task.input.map.k }}{% endcapture %}{{ c | size }}", "16"),
        ("{{ 'of ' | append: task.input.map.k }}", 'of {"x": 1}'),
        ("{{ task.input.list | join: '+' }}", "a+é++true+1.5"),
        ("{{ task.input.none | append: task.input.yes }}", "true"),
        ("{{ task.input.yes }}{{ task.input.none }}{{ 0.5 }}{{ 7 }}", "true0.57"),
        ("{{ task.input.list | size }}{{ task.input.list | downcase }}",
         '3["a", "é", [null, true, 1.5]]'),
        ("{{ (1..3) }}{{ (1..3) | to_json }}", "1..3[1, 2, 3]"),
    ],
)  # fmt: skip
def test_lists_and_objects_print_as_json(template: str, page: str) -> None:
    """Escaped like everything, wherever they print or are taken for a text."""
    values = {
        "list": ["a", "é", [None, True, 1.5]],
        "map": {"k": {"x": 1}, "t": "it's"},
        "none": None,
        "yes": True,
    }
    printed = rendered(template, **values)
    assert html.unescape(printed) == page
    assert not set(printed) & set("<>\"'")


KEYWORDS = [
    "true",
    "false",
    "nil",
    "null",
    "empty",
    "blank",
    "and",
    "or",
    "not",
    "contains",
    "in",
    "offset",
    "limit",
    "reversed",
    "cols",
    "continue",
    "with",
    "for",
    "as",
    "if",
    "else",
    "required",
    "case",
    "when",
]


@pytest.mark.parametrize("word", KEYWORDS)
@pytest.mark.parametrize(
    ("template", "page"),
    [
        ("{{ task.input.WORD }}", "7"),
        ("{{ task.input.WORD.deep }}{{ task.input['WORD'] }}", "7"),
        ("{{ task.input.in.WORD.WORD }}", "9"),
        ("{{ task.input.list[task.input.WORD].WORD }}{{ task.input.list[0].WORD }}", "8"),
        ("{% for x in task.input.list limit: task.input.WORD %}{{ x.WORD }}{% endfor %}", "8"),
        ("{% for x in task.input.list, offset: task.input.x.WORD %}{{ x.WORD }}{% endfor %}", "8"),
        ("{% for x in (1..task.input.WORD) reversed %}{{ x }}{% endfor %}", "7654321"),
        ("{% if task.input.WORD == 7 and task.input.WORD > 6 or x.WORD %}y{% endif %}", "y"),
        ("{% unless task.input.text contains task.input.WORD %}n{% endunless %}", "n"),
        ("{% case task.input.WORD %}{% when task.input.WORD %}y{% endcase %}", "y"),
        ("{% assign x = task.input.WORD | plus: task.input.WORD %}{{ x }}", "14"),
        ("{{ task.input.text | append: task.input.WORD, }}", "t7"),
        ("{{ task.input.none | default: task.input.WORD, allow_false: true }}", "7"),
        ("{% liquid\n echo task.input.WORD\n if task.input.WORD\n echo 1\n endif %}", "71"),
    ],
)  # fmt: skip
def test_a_property_may_be_named_like_a_keyword(template: str, page: str, word: str) -> None:
    """Anywhere in a path, wherever a path may stand."""
    values: dict[str, Any] = {"text": "t", "list": [{word: 8}], word: 7}
    if "in.WORD" in template:
        values["in"] = {word: {word: 9}}
    if word == "in" and "in.WORD" in template:
        values["in"] = {"in": {"in": 9}}
    assert rendered(template.replace("WORD", word), **values) == page


@pytest.mark.parametrize("word", ["limit", "offset", "reversed", "cols", "in", "with", "for", "as"])
def test_a_variable_may_be_named_like_a_keyword(word: str) -> None:
    """Where no keyword can stand, as in Ruby's Liquid."""
    template = (
        "{% assign WORD = task.input.l %}{% for x in WORD %}{{ x }}{% endfor %}"
        "{% for WORD in task.input.l limit: 1 offset:1 %}{{ WORD }}{{ WORD | plus: WORD }}"
        "{% if WORD == 2 %}y{% endif %}{% endfor %}"
        "{% for x in task.input.l limit: 1 %}{% endfor %}"
        "{% for x in task.input.l offset: continue %}{{ x }}{% endfor %}"
    )
    assert rendered(template.replace("WORD", word), l=[1, 2]) == "1224y2"


@pytest.mark.parametrize(
    ("template", "page"),
    [
        ("{{ task.input.n | sort }}", "[1, 2, 3, null, null]"),
        ("{{ task.input.t | sort }}", '["B", "a", "c", null]'),
        ("{{ task.input.t | sort_natural }}", '["a", "B", "c", null]'),
        ("{{ task.input.o | sort: 'k' | map: 'k' }}", '[1, 2, null, null]'),
        ("{{ task.input.o | sort_natural: 'k' | map: 'k' }}", '[1, 2, null, null]'),
        ("{{ task.input.holes | sort: 'k' }}|", "|"),
        ("{{ task.input.holes | map: 'k' }}", "[1, null]"),
        ("{{ task.input.n | compact }}", "[3, 1, 2]"),
        ("{{ task.input.o | compact: 'k' | map: 'k' }}", "[2, 1]"),
        ("{{ task.input.n | uniq }}", "[3, null, 1, 2]"),
        ("{{ task.input.mixed | uniq }}", "[1, true, 1.0, {\"a\": 1}]"),
        ("{{ task.input.o | uniq: 'k' | map: 'k' }}", "[2, null, 1]"),
        ("{{ task.input.n | join }}", "3  1 2 "),
        ("{{ task.input.n | sum }}", "6"),
    ],
)  # fmt: skip
def test_nil_in_a_list_goes_where_ruby_puts_it(template: str, page: str) -> None:
    """Last in sorting; equal to itself; and nothing fails."""
    values = {
        "n": [3, None, 1, 2, None],
        "t": ["c", None, "B", "a"],
        "o": [{"k": 2}, {}, {"k": 1}, {"k": None}],
        "holes": [{"k": 1}, None],
        "mixed": [1, True, 1.0, 1, {"a": 1}, {"a": 1}],
    }
    assert html.unescape(rendered(template, **values)) == page


def test_what_has_no_order_is_not_sorted() -> None:
    """In Ruby's words."""
    message = fault("{{ task.input.l | sort }}", l=[1, "a"]).message
    assert message == "cannot sort values of incompatible types"


@pytest.mark.parametrize(
    ("template", "page"),
    [
        ("{{ 'a<b>c</b> <!-- <i> --><script>x<y</script>d<' | strip_html }}", "ac d<"),
        ("{{ 'a <b' | strip_html }}", "a <b"),
        ("{{ '<script>x' | strip_html }}", "x"),
        ("{{ 'one  two three' | truncatewords: 2 }}", "one two..."),
        ("{{ 'one two' | truncatewords: 2 }}{{ 'a b' | truncatewords: 0, '' }}", "one twoa"),
        ("{{ 'a,b,,c' | split: ',' }}{{ '' | split: ',' }}", '["a", "b", "", "c"][]'),
        ("{{ 'a  b' | split: ' ' | size }}{{ 'né' | split: '' | size }}", "22"),
        ("{{ '2026-01-02' | date: '%d %m' }}{{ 'soon' | date: '%Y' }}", "02 01soon"),
        ("{{ 99999999999999999999 | date: '%Y' }}{{ none | date: '%Y' }}", "99999999999999999999"),
        ("{{ 'abcdef' | slice: -3, 2 }}{{ task.input.l | slice: 1, 2 }}", 'de["b", "c"]'),
        ("{{ 'a.b' | replace: '.', '--' | replace_first: '-', '' }}", "a-b"),
    ],
)
def test_filters_of_our_own_do_as_rubys(template: str, page: str) -> None:
    """Those that python-liquid has without bounds."""
    assert html.unescape(rendered(template, l=["a", "b", "c"])) == page


def test_every_filter_has_a_bound() -> None:
    """Also those that a new version of python-liquid brings."""
    assert set(GroundTruthLiquid().filters) <= KNOWN | {"grant_read_access", "s3_presign"}


def test_an_error_page_shows_the_lines_around_and_runs_nothing() -> None:
    """Whatever markup is in them."""
    template = "<script>alert(1)</script>\n\t{{ task.input.x | nope }}\n<b>last</b>"
    page = error_page(template, fault(template))
    assert "unknown filter" in page
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<mark>     2 | \t{{ task.input.x | nope }}</mark>" in page
    assert "&lt;b&gt;last" in page


def test_a_page_of_an_error_without_a_place_shows_no_lines() -> None:
    """There is none to show."""
    assert "<pre>" not in error_page("x", TemplateError("wrong"))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(json_values)
def test_json_in_an_attribute_is_read_back_exactly(value: Any) -> None:
    """The channel that templates should use for data."""
    page = rendered("{{ task.input.v | to_json | escape }}", v=value)
    assert json.loads(html.unescape(page)) == value
    assert not set(page) & set("<>\"'")


@given(st.text("{}%|.:-'\" \ntaskinputforedlabsgvx12()", max_size=80))
def test_any_text_is_a_page_or_a_template_error(template: str) -> None:
    """With a place inside the template, if with one at all."""
    try:
        page: object = rendered(template, labels=["a"])
    except TemplateError as error:
        page = error
    if isinstance(page, TemplateError) and page.line is not None and page.column is not None:
        line = template.split("\n")[page.line - 1]
        assert 1 <= page.column <= len(line) + 1
