"""What pages' templates are given is what they ask for."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any, get_type_hints

import pytest
from jinja2 import DictLoader, Environment, meta, nodes

from labelwright_local.engine.model import JobProgress, ObjectDetail
from labelwright_local.portal.contexts import PageContext
from labelwright_local.portal.html import page_environment
from labelwright_local.portal.sessions import Session
from tests.local.portal.template_types import parsed, unknown_attributes

CONTEXTS = sorted(PageContext.__subclasses__(), key=lambda context: context.template)
#: What ``Html.page`` gives every page.
EVERYWHERE = {"session": Session | None, "csrf": str}


@pytest.fixture
def environment() -> Environment:
    """Return what the portal's templates are rendered in."""
    return page_environment("Name the bird", "labelwright-0", lambda _: b"")


def own_names(tree: nodes.Template) -> set[str]:
    """Return what a template defines itself, at its top: for its blocks and for what it extends."""
    imported = {str(name) for found in tree.find_all(nodes.FromImport) for name in found.names}
    assigned = {found.target for found in tree.body if isinstance(found, nodes.Assign)}
    return imported | {name.name for name in assigned if isinstance(name, nodes.Name)}


def chain(environment: Environment, template: str) -> Iterator[str]:
    """Yield a template, and what it extends, out to the frame of all pages."""
    yield template
    for extends in parsed(environment, template).find_all(nodes.Extends):
        assert isinstance(extends.template, nodes.Const)
        yield from chain(environment, extends.template.value)


def asked(environment: Environment, template: str) -> set[str]:
    """Return the names that a page's template and those that it extends ask for."""
    names: set[str] = set()
    own: set[str] = set()
    for part in chain(environment, template):
        tree = parsed(environment, part)
        own |= own_names(tree)
        names |= meta.find_undeclared_variables(tree) - own
    return names - set(environment.globals)


def test_every_template_is_one_context_s_page_or_part_of_another(environment: Environment) -> None:
    """No page lacks a context, no context a page, and no two have the same."""
    templates = environment.list_templates(extensions=["html"])
    parts = {
        part
        for template in templates
        for part in meta.find_referenced_templates(parsed(environment, template))
    }
    assert [context.template for context in CONTEXTS] == sorted(set(templates) - parts)


@pytest.mark.parametrize("context", CONTEXTS, ids=lambda context: context.template)
def test_a_template_asks_for_its_context_s_fields_and_no_more(
    context: type[PageContext], environment: Environment
) -> None:
    """A field that no template shows is as wrong as one that is missing."""
    given = {field.name for field in fields(context)}
    assert given.isdisjoint({*EVERYWHERE, *environment.globals})
    assert asked(environment, context.template) - set(EVERYWHERE) == given


def test_parts_that_pages_import_know_only_what_all_pages_know(environment: Environment) -> None:
    """Macros are told the rest by who calls them."""
    assert asked(environment, "macros.html") == set()


@pytest.mark.parametrize("context", CONTEXTS, ids=lambda context: context.template)
def test_templates_ask_values_only_for_what_their_types_have(
    context: type[PageContext], environment: Environment
) -> None:
    """So branches that are seldom rendered ask for nothing that is not there."""
    names = {**EVERYWHERE, **get_type_hints(context)}
    for part in chain(environment, context.template):
        assert unknown_attributes(environment, part, names) == []


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("{{ progress.dome }}", "JobProgress has no 'dome'"),
        ("{% if progress.paused %}{{ progress.dome }}{% endif %}", "JobProgress has no 'dome'"),
        ("{% for one in found.answers %}{{ one.text }}{% endfor %}", "AnswerView has no 'text'"),
        ("{{ (found.line | label_words).x }}", "LabelWords has no 'x'"),
        ("{% set one = found.view %}{{ one.text }}", "ObjectView has no 'text'"),
        ("{{ found.view.reason.code }}", "str has no 'code'"),
        ('{% from "m" import m %}{% block b %}{{ m(progress) }}{% endblock %}', "no 'dome'"),
        ("{{ progress.done }}{{ progress.in_words() }}{{ found.line.any.thing }}", None),
    ],
)
def test_what_a_type_has_not_is_found_wherever_a_template_asks_for_it(
    source: str, fault: str | None, environment: Environment
) -> None:
    """In conditions, loops, ``set``, filters' results and macros; free JSON may hold anything."""
    macro = "{% macro m(given) %}{{ given.dome }}{% endmacro %}"
    environment.loader = DictLoader({"page": source, "m": macro})
    names: dict[str, Any] = {"progress": JobProgress, "found": ObjectDetail}
    found = unknown_attributes(environment, "page", names)
    assert [text.endswith(fault or "") for text in found] == [True] * (fault is not None)
