"""The hardened XML reader (security notes, section 2): bytes → tree, or DefinitionRefused."""

from __future__ import annotations

import re
from dataclasses import replace

from lxml import etree

from caseflow.engine.gate.findings import Findings
from caseflow.engine.gate.names import BPMN
from caseflow.errors import DefinitionRefused

MAX_BYTES = 1_000_000
MAX_ELEMENTS = 5_000
MAX_DEPTH = 30
MAX_ATTRIBUTES = 40
MAX_NAMESPACES = 200
COMPRESSED = (b"\x1f\x8b", b"PK", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf")
DECLARED_ENCODING = re.compile(r"<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)[\"']", re.IGNORECASE)
WEB_PAGE = re.compile(r"[\ufeff\s]*<(!doctype\s+)?html\b", re.IGNORECASE)
DECLARATION = re.compile(r"<!(?!--|\[CDATA\[)")


def read(source: bytes) -> etree._Element:
    """The root of a harmless BPMN file, without comments and processing instructions.

    DefinitionRefused with one finding (`file_…`) for what is empty, larger than MAX_BYTES (1,000,000), packed, not
    UTF-8, declares entities, is no BPMN, or goes beyond MAX_ELEMENTS, MAX_DEPTH, MAX_ATTRIBUTES or MAX_NAMESPACES.
    """
    code = _refused_bytes(source)
    if code:
        raise _refused(code)
    try:
        root = etree.fromstring(source, _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        deep = "depth" in str(error)  # the parser's own limit lies above ours
        raise _refused("file_too_deep" if deep else "file_not_xml", line=getattr(error, "lineno", 0) or 0) from None
    code = "file_not_bpmn" if root.tag != f"{{{BPMN}}}definitions" else _refused_size(root)
    if code:
        raise _refused(code)
    return root


def canonical(source: bytes) -> bytes:
    """The tree written anew: what is stored, hashed and given to the engine. Once more changes nothing.

    DefinitionRefused as by `read`.
    """
    return etree.tostring(read(source), encoding="UTF-8", xml_declaration=True)


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        attribute_defaults=False, huge_tree=False, remove_comments=True, remove_pis=True, recover=False,
        collect_ids=False,
    )  # fmt: skip


def _refused_bytes(source: bytes) -> str:
    if not source:
        return "file_empty"
    if len(source) > MAX_BYTES:
        return "file_too_large"
    if source.startswith(COMPRESSED):
        return "file_compressed"
    try:
        text = source.decode("utf-8")
    except UnicodeDecodeError:
        return "file_encoding"
    declared = DECLARED_ENCODING.match(text.lstrip("\ufeff \t\r\n"))
    if WEB_PAGE.match(text):
        return "file_not_bpmn"
    if "\0" in text or (declared and declared.group(1).lower() not in ("utf-8", "utf8")):
        return "file_encoding"
    if DECLARATION.search(text):
        return "file_doctype"
    return "file_namespaces" if text.count("xmlns") > MAX_NAMESPACES else ""


def _refused_size(root: etree._Element) -> str:
    waiting, seen = [(root, 1)], 0
    while waiting:
        node, depth = waiting.pop()
        seen += 1
        if seen > MAX_ELEMENTS:
            return "file_too_many_elements"
        if depth > MAX_DEPTH:
            return "file_too_deep"
        if len(node.attrib) > MAX_ATTRIBUTES:
            return "file_too_many_attributes"
        if not isinstance(node.tag, str):
            return "file_doctype"
        waiting.extend((child, depth + 1) for child in node)
    return ""


def _refused(code: str, line: int = 0) -> DefinitionRefused:
    findings = Findings()
    findings.add(code, line=line)
    return DefinitionRefused(findings=tuple(replace(finding, line=line) for finding in findings.found))
