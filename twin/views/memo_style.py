"""How the memo looks: its style sheet, and two small drawings. Signs stand beside colours, told apart by any eye.

Numbers flow in, SVG flows out.
"""

from __future__ import annotations

import math
import re
import unicodedata

from twin.metrics.break_even import GRID

BAR_W, BAR_H = 96, 12
SCALE_W, SCALE_H = 176, 24
COLOURS = {"better": "#0072b2", "worse": "#d55e00", "open": "#777777"}

A_PAGE = 4_000
"""Characters that fill a page at its ordinary size, wide ones counted twice."""
LEAST_ZOOM = 0.7

STYLE = """
@page{size:A4;margin:11mm 12mm}
*{box-sizing:border-box}
body{margin:0;color:#1b1f24;background:#fff;font:8.2pt/1.32 "Helvetica Neue",Arial,"Noto Sans","PingFang SC",
"Microsoft YaHei","Noto Sans CJK SC","WenQuanYi Zen Hei",sans-serif;-webkit-print-color-adjust:exact;
print-color-adjust:exact}
main{zoom:var(--zoom);max-width:calc(186mm/var(--zoom));margin:0 auto}
@media screen{body{background:#eceff1;padding:8mm}main{background:#fff;padding:11mm 12mm;
max-width:calc(210mm/var(--zoom));
box-shadow:0 1px 6px #0003}}
p{margin:0 0 1mm}small{font-size:6.8pt;color:#555}
.kicker{color:#0b6e4f;font-weight:600;letter-spacing:.04em;margin:0}
h1{font-size:15pt;line-height:1.2;margin:.5mm 0 2.5mm;font-weight:650}
h2{font-size:9.6pt;margin:2.6mm 0 .8mm;border-bottom:.3mm solid #1b1f24;padding-bottom:.4mm}
.answer{background:#eef5f2;border-left:1.2mm solid #0b6e4f;padding:2mm 3mm 1.2mm}
.answer .first{font-size:10.5pt;font-weight:600;line-height:1.3}
table{border-collapse:collapse;width:100%}.panel thead th{max-width:24mm}
th,td{text-align:right;vertical-align:top;padding:.5mm 1mm;font-weight:400;border-bottom:.15mm solid #dde1e4}
th:first-child{text-align:left;overflow-wrap:break-word}
thead th{font-size:7.2pt;color:#555;vertical-align:bottom}
.panel .best>th{font-weight:650}.panel .best{background:#f6faf8}
.panel td{line-height:1.25}.gap{font-size:7pt}.half{font-size:7.2pt;color:#555}
.met{font-size:7pt;font-weight:400;color:#555}
.better{color:#0072b2}.worse{color:#b34700}.open{color:#666}
.of{font-size:7.2pt;color:#555;padding-top:1mm}
.two{display:grid;grid-template-columns:1fr 1fr;gap:6mm}
.two section{min-width:0}
.gains td,.gains th,.flips td,.flips th{vertical-align:middle;font-size:7.8pt;line-height:1.2}
.edge{white-space:nowrap}.gains tbody td{white-space:nowrap;padding:.3mm 1mm}.gains th:first-child{min-width:15mm}
.gains thead th:last-child{max-width:14mm}
.drawn{padding:0 1mm;width:1px}.drawn svg{display:block}
.flips .drawn{text-align:left}.factor{font-size:11pt!important;font-weight:650;white-space:nowrap}
.what{color:#555;font-size:7.2pt;margin-top:.6mm}
ul{margin:0;padding-left:4mm}
footer{margin-top:3mm;border-top:.3mm solid #1b1f24;padding-top:1mm;font-size:6.6pt;color:#555;overflow-wrap:anywhere}
footer p{margin:0}
"""


def zoom_for(markup: str) -> float:
    """How much smaller everything is drawn so that it stays on one page: height goes with the square.

    >>> zoom_for("<p>Little to say</p>"), zoom_for("much " * 1_000)
    (1.0, 0.89)
    """
    text = re.sub(r"<[^>]*>", "", markup)
    width = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
    return max(LEAST_ZOOM, math.floor(min(1.0, math.sqrt(A_PAGE / max(1, width))) * 100) / 100)


def bar(mean: float, interval: tuple[float, float], *, reach: float, name: str) -> str:
    """A difference with its interval on a line through nothing; `reach`: what lies at either end."""

    def x(value: float) -> float:
        return BAR_W / 2 * (1 + max(-1.0, min(1.0, value / reach)))

    middle, colour = BAR_H / 2, COLOURS[name]
    low, high = interval
    return (
        f'<svg width="{BAR_W}" height="{BAR_H}" role="img" aria-hidden="true">'
        f'<line x1="{BAR_W / 2}" x2="{BAR_W / 2}" y1="0" y2="{BAR_H}" stroke="#999"/>'
        f'<rect x="{min(x(0), x(mean)):.1f}" y="3.5" width="{abs(x(mean) - x(0)):.1f}" height="{BAR_H - 7}" '
        f'fill="{colour}" opacity="0.35"/>'
        f'<line x1="{x(low):.1f}" x2="{x(high):.1f}" y1="{middle}" y2="{middle}" stroke="{colour}" stroke-width="1.4"/>'
        f'<circle cx="{x(mean):.1f}" cy="{middle}" r="2.4" fill="{colour}"/></svg>'
    )


def scale(factor: float, unsure: tuple[float, float]) -> str:
    """A break-even on the logarithm of the factor, from the least to the most, and where it cannot be told."""
    edge, (least, most) = 9.0, (GRID[0], GRID[-1])

    def x(value: float) -> float:
        share = math.log(max(least, min(most, value)) / least) / math.log(most / least)
        return edge + share * (SCALE_W - 2 * edge)

    low, high = unsure
    ticks = "".join(
        f'<line x1="{x(at):.1f}" x2="{x(at):.1f}" y1="10" y2="15" stroke="#777"/>'
        f'<text x="{x(at):.1f}" y="23" font-size="7.5" fill="#555" text-anchor="middle">×{label}</text>'
        for at, label in ((0.25, "¼"), (0.5, "½"), (1.0, "1"), (2.0, "2"), (4.0, "4"))
    )
    return (
        f'<svg width="{SCALE_W}" height="{SCALE_H}" role="img" aria-hidden="true">'
        f'<rect x="{x(low):.1f}" y="4" width="{x(high) - x(low):.1f}" height="9" fill="#c9ced3"/>'
        f'<line x1="{edge}" x2="{SCALE_W - edge}" y1="12.5" y2="12.5" stroke="#777"/>{ticks}'
        f'<circle cx="{x(1):.1f}" cy="8.5" r="2.6" fill="#fff" stroke="#1b1f24" stroke-width="1.2"/>'
        f'<path d="M{x(factor):.1f} 12.5l-4 -8.5h8z" fill="#d55e00"/></svg>'
    )
