"""The wheel carries what the checkout has beside the package, and works where there is no checkout."""

import os
import re
import subprocess
import sys
import venv
import zipfile
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import quote
from urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener

from conftest import ROOT
from test_docs import python_blocks


def test_wheel_runs_the_demo_and_the_examples_in_an_empty_environment_outside_the_checkout(tmp_path):
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path / "dist", ROOT],
        check=True,
        capture_output=True,
    )
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    for wanted in (
        "minecop/py.typed",
        "minecop/core/messages.toml",
        "minecop/report/schemas/report.schema.json",
        "minecop/report/fonts/OFL.txt",
        "minecop/report/fonts/Sarabun-Regular.ttf",
        "minecop/report/fonts/Sarabun-Regular.woff2",
        "minecop/report/templates/charts/columns.svg.j2",
        "minecop/_shipped/corpora/sample/health.jsonl",
    ):
        assert wanted in names
    assert not [name for name in names if name.startswith(("tests", "outputs"))]

    venv.create(tmp_path / "env", with_pip=False)
    scripts = tmp_path / "env" / ("Scripts" if os.name == "nt" else "bin")
    (site,) = [
        Path(p)
        for p in _output([scripts / "python", "-c", "import site; print(site.getsitepackages()[0])"]).splitlines()
    ]
    # Only minecop comes from the wheel; the libraries, gigabytes of them, are those of this environment.
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", site, wheel],
        check=True,
    )
    libraries = _output(
        [sys.executable, "-c", "import numpy, pathlib; print(pathlib.Path(numpy.__file__).parent.parent)"]
    ).strip()
    # addsitedir would also read this environment's link to the checkout: a plain path entry does not.
    (site / "libraries.pth").write_text(libraries + "\n", encoding="utf-8")

    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV"))}
    where = _output(
        [scripts / "python", "-c", "import minecop; print(minecop.__file__)"], tmp_path, environment
    ).strip()
    assert Path(where).is_relative_to(tmp_path)
    said = _output([scripts / "python", "-m", "minecop", "demo", "--lang", "en"], tmp_path, environment)
    assert said.strip() == f"The report is at {Path('outputs') / 'sample' / 'report.html'}"
    assert (tmp_path / "outputs" / "sample" / "report.html").stat().st_size > 10_000

    _explore(
        [scripts / "python", "-m", "minecop", "explore", "outputs/sample", "--no-browser"],
        tmp_path,
        environment,
    )

    # What the documentation shows works there, too; what is slow in it is looked at in test_docs.
    examples = [
        block
        for block in python_blocks()
        if not re.search(r"minecop\.analyse|import (BERTopic|datamapplot)|own\.decide", block)
    ]
    (tmp_path / "examples.py").write_text("\n".join(examples), encoding="utf-8")
    assert "people:" in _output([scripts / "python", "examples.py"], tmp_path, environment | {"PYTHONUTF8": "1"})
    assert (tmp_path / "outputs" / "for-friends" / "headlines.md").is_file()


def _explore(command: list, folder: Path, environment: dict) -> None:
    """Open a run in a browser that has no more than cookies, and find something in it."""
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as pages:
        try:
            first = next(line for line in pages.stdout if "http://" in line)
            address = re.search(r"http://\S+", first)[0]
            browser = build_opener(HTTPCookieProcessor(CookieJar()), ProxyHandler({}))
            assert "<h1" in browser.open(address).read().decode()
            base = address.partition("?")[0]
            assert "<mark>" in browser.open(f"{base}search?q={quote('เกษียณ')}").read().decode()
            for name in ("report.css", "explore.js", "Sarabun-Regular.woff2"):
                assert len(browser.open(f"{base}static/{name}").read()) > 500
        finally:
            pages.terminate()


def _output(command: list, folder: Path | None = None, environment: dict | None = None) -> str:
    return subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, text=True).stdout
