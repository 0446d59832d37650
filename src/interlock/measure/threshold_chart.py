"""The picture of a threshold: error and its bound over the line, beside the share decided.

Its one rule: the bound is drawn as boldly as the error, so that a low error on few cases does not
look safe.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from interlock.errors import MissingExtra

if TYPE_CHECKING:
    from interlock.measure.thresholds import Threshold

WIDTH, HEIGHT = 460, 130  # pixels of one panel
CURVES: Final = ("share decided by the machine", "error seen", "upper bound of the error")
COLOURS: Final = ("#5b6b7b", "#1f6feb", "#b3261e")


def drawn(found: Sequence[Threshold]) -> str:
    """One SVG, two panels a segment: the share, and the error with its bound and the stated rate.

    Raises: MissingExtra.
    """
    try:
        altair, convert = import_module("altair"), import_module("vl_convert")
    except ImportError:
        raise MissingExtra("altair", "web") from None
    panels = [_panel(altair, each) for each in found]
    spec = altair.vconcat(*panels).to_json()
    return str(convert.vegalite_to_svg(spec))


def _panel(altair: Any, found: Threshold) -> Any:
    title = found.segment or "all cases"
    if found.chosen is not None:
        title += f": line {found.chosen.line:g}"
    share = _lines(altair, found, CURVES[:1]).properties(title=title, width=WIDTH, height=HEIGHT)
    errors = _lines(altair, found, CURVES[1:]).properties(width=WIDTH, height=HEIGHT)
    rate = altair.Chart(altair.Data(values=[{"rate": found.rate}]))
    return altair.vconcat(share, errors + rate.mark_rule(strokeDash=[4, 4]).encode(y="rate:Q"))


def _lines(altair: Any, found: Threshold, curves: Sequence[str]) -> Any:
    rows = [row for row in _rows(found) if row["curve"] in curves]
    scale = altair.Scale(domain=list(CURVES), range=list(COLOURS))
    return (
        altair.Chart(altair.Data(values=rows))
        .mark_line(interpolate="step-after")
        .encode(
            x=altair.X("line:Q", title="confidence line", scale=altair.Scale(zero=False)),
            y=altair.Y("value:Q", title=None, axis=altair.Axis(format="%")),
            color=altair.Color("curve:N", scale=scale, title=None),
        )
    )


def _rows(found: Threshold) -> Iterator[dict[str, Any]]:
    top = 5 * found.rate  # beyond it a curve says no more than: not safe
    for point in found.points:
        values = (point.share, point.error, point.upper)
        for place, (curve, value) in enumerate(zip(CURVES, values, strict=True)):
            if value is not None:
                shown = value if place == 0 else min(value, top)
                yield {"line": point.line, "curve": curve, "value": shown}
