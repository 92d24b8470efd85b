"""What a rule may say. Each word with the form its parts must have; the meaning stands in bpmn/README.md."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from caseflow.errors import ConfigurationError
from caseflow.proof.language import Check, read


@dataclass(frozen=True, slots=True)
class Word:
    """The form of a check. `parts`: one letter each — e element(s), w word(s), n number, p unit.role, m message.

    `named` may follow, `needs` must. `limit`: a limit must follow; `days`: it is a number of working days. `answers`:
    one named part that is no option is the field of a form with its answer, `several` where there may be more; `when`:
    there may be such a part. `labels`: the parts, by their number, whose words may have some.
    """

    parts: str = ""
    named: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    limit: bool = False
    days: bool = False
    answers: bool = False
    when: bool = False
    labels: tuple[int, ...] = ()
    several: bool = False


VOCABULARY = {
    "always_ends": Word(),
    "at_most": Word("en"),
    "every_closed_case_had": Word("e", ("unless", "only")),
    "never": Word("e", ("unless",)),
    "before": Word("ee"),
    "at_start": Word("e"),
    "followed_by": Word("ee", ("before", "unless")),
    "leads": Word("e", ("to", "before", "unless", "unless_had"), ("to",), answers=True),
    "concludes": Word("", ("outcomes", "unless"), ("outcomes",), answers=True),
    "only_if": Word("w", answers=True, several=True),
    "only_for": Word("e", answers=True),
    "after_message": Word("em"),
    "reachable": Word("w"),
    "message_ends": Word("m", ("during", "outcome", "passing"), ("during", "outcome")),
    "deadline": Word("e", limit=True),
    "covered": Word("e", ("after",), limit=True),
    "escalates": Word("e", ("to",), ("to",)),
    "gives_up": Word("e"),
    "performed_by": Word("ep"),
    "carries_out": Word("ew"),
    "different_office": Word("ee"),
    "different_person": Word("ee", ("else",)),
    "offers": Word("eww", when=True, labels=(1, 2)),
    "answers": Word("eww", when=True, labels=(1, 2)),
    "asks": Word("ew", ("least", "as"), when=True, labels=(1,)),
    "refuses": Word("eww", answers=True),
    "within": Word("eww", limit=True, days=True),
    "after_today": Word("ew"),
    "contacts": Word("ew", ("alone",)),
    "tried": Word("enn"),
    "voids_only": Word("e", when=True),
    "extendable": Word("enn", ("by",)),
    "stoppable": Word("ew"),
}
DECIDERS = ("lead", "unit")     # whose supervisors a power may be given: the lead office's, the responsible unit's too
# What `asks` wants written, by its as=: the types of a field that take it. Without one words are written.
ANSWERED_AS = {"text": ("text", "string"), "choice": ("enum",), "yes_no": ("boolean",), "number": ("long",),
               "date": ("date",), "unit": ("unit",)}


def check(text: str) -> Check:
    """The rule in this text, of a form the vocabulary knows; ConfigurationError for any other."""
    found = read(text)
    word = VOCABULARY.get(found.name)
    if word is None:
        raise _refusal(found, f"{found.name!r} is not in the vocabulary: {', '.join(VOCABULARY)}")
    if len(found.parts) != len(word.parts):
        raise _refusal(found, f"{found.name} takes {len(word.parts)} parts, not {len(found.parts)}")
    for letter, part in zip(word.parts, found.parts, strict=True):
        if (letter == "n") != isinstance(part, int) or (letter in "pm" and not isinstance(part, str)):
            raise _refusal(found, f"{part!r} cannot stand there")
        if (letter == "p") != (isinstance(part, str) and "." in part) or ("." in str(part) and letter != "p"):
            raise _refusal(found, f"{part!r} is not unit.role, or stands where no post does")
    if not found.labels.keys() <= set(_labelled(found, word)):
        raise _refusal(found, "a label stands behind a field of asks, offers or answers, or an answer of the latter "
                              "two, and nowhere else")
    _check_named(found, word)
    return found


def _labelled(found: Check, word: Word) -> Iterator[str]:
    """The words of a rule that may have a label."""
    for place in word.labels:
        yield from found.words(found.parts[place])


def answers_of(found: Check) -> dict[str, tuple[str, ...]]:
    """The fields a rule names with the answers it means; empty for a rule that means none."""
    word = VOCABULARY[found.name]
    return {name: found.words(value) for name, value in found.named.items()
            if (word.answers or word.when) and name not in word.named}


def _check_named(found: Check, word: Word) -> None:
    missing = [name for name in word.needs if name not in found.named]
    if missing:
        raise _refusal(found, f"{found.name} needs {missing[0]}=")
    unknown = [] if word.answers or word.when else [name for name in found.named if name not in word.named]
    if unknown:
        raise _refusal(found, f"{found.name} knows no {unknown[0]}=")
    if word.answers and (not answers_of(found) or (len(answers_of(found)) > 1 and not word.several)):
        raise _refusal(found, f"{found.name} needs exactly one field with its answer, like outcome=complex")
    if word.when and len(answers_of(found)) > 1:
        raise _refusal(found, f"{found.name} takes one field with its answer, like outcome=complex, or none")
    if "unless" in found.named and "only" in found.named:
        raise _refusal(found, "unless= and only= exclude each other")
    if (found.limit is not None) != word.limit:
        raise _refusal(found, "a limit (<= …) follows deadline(…), covered(…) and within(…), nothing else")
    if word.days and (found.limit.unit, found.limit.since) != ("working_days", "now"):
        raise _refusal(found, f"{found.name} takes a number of working days, like <= 5 working_days")
    if found.named.get("by", DECIDERS[0]) not in DECIDERS:
        raise _refusal(found, f"by= is {' or '.join(DECIDERS)}")
    _check_begin(found)
    if not isinstance(found.named.get("least", 1), int):
        raise _refusal(found, "least= is a number")
    if found.name == "asks" and found.named.get("as", "text") not in ANSWERED_AS:
        raise _refusal(found, f"as= is one of {', '.join(ANSWERED_AS)}")
    if "least" in found.named and found.named.get("as", "number") != "number":
        raise _refusal(found, "least= asks for a number")
    fallback = found.named.get("else")
    if fallback is not None and "." not in str(fallback):
        raise _refusal(found, "else= is a post, unit.role")
    numbers = [name for name, value in found.named.items()
               if isinstance(value, int) and not (name == "least" and name in word.named)]
    if numbers:
        raise _refusal(found, f"{numbers[0]}= is no number")


def _check_begin(found: Check) -> None:
    begun = found.limit is not None and found.limit.unit != "date" and found.limit.since != "now"
    if found.name == "covered" and begun == ("after" in found.named):
        raise _refusal(found, "covered takes after=, or a limit with since=, one of the two")


def _refusal(found: Check, problem: str) -> ConfigurationError:
    return ConfigurationError(f"rule {found.text[:200]!r}: {problem}")
