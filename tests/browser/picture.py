"""Take the picture of the README anew: `python -m tests.browser.picture` (a case of Guichi in the middle of it)."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from tests import source
from tests.browser import chromium
from tests.browser.demo import running
from tests.browser.desk import Desk

PICTURE = source.ROOT / "docs" / "images" / "case.png"
HEIGHT = 1320     # pixels: down to the end of the diagram


def main() -> None:
    """A complex problem, contacted and put into the ledger: the case page as the officer sees it, in Chinese."""
    with TemporaryDirectory() as folder, running(Path(folder)) as demo, chromium.launched() as browser:
        officer = Desk(browser, demo.url, "picture").sign_in("guichi.dept1.officer")
        number = officer.first_case("联系并核实")
        officer.does(number, "联系并核实", 核实结果="确有问题，较为复杂", 联系方式="电话", 核实情况="已核实，情况属实。")
        officer.does(number, "建立台账", 拟采取的解决办法="与主管部门会商，修订办事指南。")
        officer.page.set_viewport_size({"width": 1280, "height": HEIGHT})
        officer.open_case(number).page.screenshot(path=PICTURE, animations="disabled")
        officer.close()


if __name__ == "__main__":
    main()
