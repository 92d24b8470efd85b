"""Take the picture of the README anew: `python -m tests.browser.picture` (a case of Guichi in the middle of it)."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from tests import source
from tests.browser import chromium
from tests.browser.demo import running
from tests.browser.desk import Desk

PICTURE = source.ROOT / "docs" / "images" / "case.png"


def main() -> None:
    """A simple problem, the rater contacted: the case page down to the diagram, as the officer sees it."""
    with TemporaryDirectory() as folder, running(Path(folder)) as demo, chromium.launched() as browser:
        officer = Desk(browser, demo.url, "picture").sign_in("guichi.dept1.officer")
        number = officer.first_case("联系并核实")
        officer.does(number, "联系并核实", 核实结果="确有问题，简单事项", 联系方式="电话", 核实情况="情况属实。")
        page = officer.open_case(number).page
        drawing = page.locator(".drawing").bounding_box()
        part = {"x": 0, "y": 0, "width": 1280, "height": drawing["y"] + drawing["height"] + 16}
        page.screenshot(path=PICTURE, full_page=True, clip=part, animations="disabled")
        officer.close()


if __name__ == "__main__":
    main()
