"""A person can print and read the drawings: everything is drawn, nothing lies on anything else."""

from __future__ import annotations

from itertools import combinations

import pytest

from tests.bpmn import drawings

pytestmark = pytest.mark.parametrize("place", drawings.PLACES + drawings.APPEALS)
FRAMES = ("participant", "lane", "subProcess")


def _inner(place: str) -> dict[str, drawings.Box]:
    """The boxes that hold no other: all but pool, lanes and subprocess frames; and no event on a border."""
    frames = {frame.get("id") for frame in drawings.elements(place, *FRAMES, "boundaryEvent")}
    return {name: box for name, box in drawings.shapes(place).items() if name not in frames}


def test_every_node_lane_note_and_flow_is_drawn_once(place):
    others = ("participant", "lane", "textAnnotation", "sequenceFlow", "association")
    drawn = drawings.elements(place, *drawings.NODES, *others)
    expected = sorted(element.get("id") for element in drawn)
    assert sorted([*drawings.shapes(place), *drawings.lines(place)]) == expected


def test_no_two_shapes_overlap(place):
    overlapping = [(a, b) for (a, one), (b, other) in combinations(_inner(place).items(), 2) if one.overlaps(other)]
    assert overlapping == []


def test_flows_begin_and_end_on_the_border_of_what_they_join(place):
    shapes, lines = drawings.shapes(place), drawings.lines(place)
    loose = [flow.get("id") for flow in drawings.flows(place)
             if not shapes[flow.get("sourceRef")].touches(lines[flow.get("id")][0])
             or not shapes[flow.get("targetRef")].touches(lines[flow.get("id")][-1])]
    assert loose == []


def test_flows_run_straight_up_down_or_across(place):
    assert [name for name, piece in drawings.segments(place) if piece.width and piece.height] == []


def test_no_flow_runs_through_a_shape(place):
    shapes = _inner(place)
    ends = {flow.get("id"): {flow.get("sourceRef"), flow.get("targetRef")} for flow in drawings.flows(place)}
    crossing = [(name, shape) for name, piece in drawings.segments(place) for shape, box in shapes.items()
                if shape not in ends[name] and piece.overlaps(box)]
    assert crossing == []


def test_flows_cross_nowhere(place):
    upright = [(name, piece) for name, piece in drawings.segments(place) if not piece.width]
    across = [(name, piece) for name, piece in drawings.segments(place) if not piece.height]
    crossing = [(a, b) for a, one in upright for b, other in across
                if other.x < one.x < other.right and one.y < other.y < one.bottom]
    assert crossing == []


def test_no_label_lies_on_a_shape_a_line_or_another_label(place):
    labels, shapes = drawings.labels(place), _inner(place)
    on_shapes = [(a, b) for a, label in labels.items() for b, box in shapes.items() if a != b and label.overlaps(box)]
    on_lines = [(a, b) for a, label in labels.items() for b, piece in drawings.segments(place) if label.overlaps(piece)]
    on_labels = [(a, b) for (a, one), (b, other) in combinations(labels.items(), 2) if one.overlaps(other)]
    assert (on_shapes, on_lines, on_labels) == ([], [], [])


def test_what_an_office_does_lies_in_its_lane(place):
    shapes = drawings.shapes(place)
    outside = [ref.text for lane in drawings.elements(place, "lane") for ref in lane
               if drawings.nodes(place)[ref.text].tag != drawings.BPMN + "subProcess"
               and not shapes[lane.get("id")].holds(shapes[ref.text])]
    assert outside == []


def test_every_node_is_in_one_lane(place):
    named = sorted(ref.text for lane in drawings.elements(place, "lane") for ref in lane)
    assert named == sorted(drawings.nodes(place))


def test_a_subprocess_frames_what_is_in_it(place):
    shapes = drawings.shapes(place)
    outside = [(frame.get("id"), node.get("id")) for frame in drawings.elements(place, "subProcess")
               for node in frame if node.get("id") in shapes
               and not shapes[frame.get("id")].holds(shapes[node.get("id")])]
    assert outside == []


def test_it_fits_a_landscape_page(place):
    """On A3 (400 × 277 mm within the margins) characters 12 high are still printed 2 mm high."""
    pool = next(drawings.shapes(place)[pool.get("id")] for pool in drawings.elements(place, "participant"))
    assert (pool.width <= 400 * 6, pool.height <= 277 * 6) == (True, True)
