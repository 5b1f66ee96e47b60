"""Small pictures for the report: SVG written by hand, photos with a heat map as embedded JPEG."""

import base64
import html

import cv2
import numpy as np

from ..contract import GRADES

# Blue to yellow, told apart with any kind of colour vision.
INK, LINE, FLOOR = "#1b3a5c", "#0072b2", "#d55e00"


def confusion(table):
    """Rows are truth, columns what was said; shade by share of the row."""
    cell, left, top = 46, 34, 22
    parts = []
    for row in range(GRADES):
        total = max(1, sum(table[row]))
        for column in range(GRADES):
            share = table[row][column] / total
            x, y = left + column * cell, top + row * cell
            ink = "#fff" if share > 0.5 else INK
            parts.append(
                f'<rect x="{x}" y="{y}" width="{cell - 1}" height="{cell - 1}" fill="{LINE}" '
                f'fill-opacity="{share:.3f}"/>'
            )
            parts.append(
                f'<text x="{x + cell / 2:.0f}" y="{y + cell / 2 + 4:.0f}" text-anchor="middle" fill="{ink}">'
                f"{table[row][column]}</text>"
            )
        parts.append(f'<text x="{left - 8}" y="{top + row * cell + cell / 2 + 4:.0f}" text-anchor="end">{row}</text>')
        parts.append(f'<text x="{left + row * cell + cell / 2:.0f}" y="{top - 6}" text-anchor="middle">{row}</text>')
    return svg(left + GRADES * cell, top + GRADES * cell, parts, "confusion matrix: truth down, model across")


def risk_coverage(coverage, risk, chosen):
    """Errors among the grades that are kept, over how many are kept; the dot is the threshold's choice."""
    width, height, left, top = 210, 150, 36, 10
    most = min(1.0, max(0.05, max(risk) * 1.1))

    def at(x, y):
        return f"{left + x * width:.1f},{top + (1 - min(1.0, y / most)) * height:.1f}"

    points = " ".join(at(x, y) for x, y in zip(coverage, risk))
    dot_x, dot_y = at(*chosen).split(",")
    parts = [
        f'<path d="M{left} {top}V{top + height}H{left + width}" fill="none" stroke="{INK}"/>',
        f'<polyline points="{points}" fill="none" stroke="{LINE}" stroke-width="2"/>',
        f'<circle cx="{dot_x}" cy="{dot_y}" r="4" fill="{FLOOR}"/>',
        f'<text x="{left - 4}" y="{top + 10}" text-anchor="end">{most:.0%}</text>',
        f'<text x="{left - 4}" y="{top + height}" text-anchor="end">0</text>',
        f'<text x="{left + width}" y="{top + height + 16}" text-anchor="end">share of grades kept: 100%</text>',
    ]
    return svg(left + width + 8, top + height + 24, parts, "risk over coverage")


def bars(entries):
    """[(label, value 0..1, floor 0..1)]: a bar each, with a mark at the floor."""
    left, width, step = 190, 320, 26
    parts = []
    for number, (label, value, floor) in enumerate(entries):
        y = 6 + number * step
        parts.append(f'<text x="{left - 8}" y="{y + 14}" text-anchor="end">{html.escape(label)}</text>')
        parts.append(f'<rect x="{left}" y="{y}" width="{max(0.0, value) * width:.1f}" height="18" fill="{LINE}"/>')
        parts.append(f'<path d="M{left + floor * width:.1f} {y - 2}v22" stroke="{FLOOR}" stroke-width="3"/>')
        parts.append(f'<text x="{left + width + 8}" y="{y + 14}">{value:.3f}</text>')
    return svg(left + width + 60, 12 + len(entries) * step, parts, "bars; the mark is the floor")


def svg(width, height, parts, title):
    body = "".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" role="img" '
        f'viewBox="0 0 {width} {height}" '
        f'font-family="sans-serif" font-size="12" fill="{INK}"><title>{html.escape(title)}</title>{body}</svg>'
    )


def with_map(frame, heat):
    """The frame beside itself under the condition's map (0..3), as a data address."""
    size = (frame.shape[1], frame.shape[0])
    level = cv2.resize(np.clip(heat.astype(np.float32) / 3, 0, 1), size, interpolation=cv2.INTER_LINEAR)
    colour = cv2.applyColorMap((level * 255).astype(np.uint8), cv2.COLORMAP_CIVIDIS)[:, :, ::-1]
    alpha = 0.55 * level[:, :, None]
    shown = np.hstack([frame, (frame * (1 - alpha) + colour * alpha).astype(np.uint8)])
    scale = min(1.0, 520 / shown.shape[1])
    shown = cv2.resize(shown, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    coded = cv2.imencode(".jpg", np.ascontiguousarray(shown[:, :, ::-1]), [cv2.IMWRITE_JPEG_QUALITY, 80])[1]
    return "data:image/jpeg;base64," + base64.b64encode(coded.tobytes()).decode()
