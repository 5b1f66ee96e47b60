"""The report as one HTML file that needs nothing else."""

import html

from ..contract import CONDITIONS
from . import anchors, drawing

STYLE = """body{font:15px/1.5 sans-serif;max-width:1040px;margin:2em auto;padding:0 1em;color:#1b3a5c}
table{border-collapse:collapse;margin:1em 0}td,th{border:1px solid #c8d3de;padding:.25em .6em;text-align:right}
td:first-child,th:first-child{text-align:left}section{display:flex;flex-wrap:wrap;gap:1.5em;align-items:flex-start}
figure{margin:0}figcaption{font-size:13px}img{display:block;max-width:100%}.note{background:#f3f6f9;padding:.6em 1em}"""

COLUMNS = (
    ("accuracy", "accuracy"),
    ("majority", "majority floor"),
    ("macro_f1", "macro-F1"),
    ("qwk", "QWK"),
    ("mae", "MAE"),
    ("ece_before_calibration", "ECE before"),
    ("ece", "ECE after"),
    ("two_off", "two or more off"),
    ("withheld", "withheld"),
    ("accuracy_kept", "accuracy of the rest"),
)


def number(value):
    return "–" if value is None else f"{value:.3f}"


def table(header, rows):
    head = "".join(f"<th>{html.escape(str(cell))}</th>" for cell in header)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"


def comparison(report):
    """Accuracy beside the published ones."""
    ours = report["conditions"]
    rows = [
        (name, *("–" if value is None else f"{value:.1f}" for value in values)) for name, values in anchors.PUBLISHED
    ]
    this = [f"{ours[name]['accuracy'] * 100:.1f}" if name in ours else "–" for name in CONDITIONS]
    floor = [f"{ours[name]['majority'] * 100:.1f}" if name in ours else "–" for name in CONDITIONS]
    rows += [("this model", *this), ("majority floor of these photos", *floor)]
    f1 = [f"{ours[name]['macro_f1']:.3f}" if name in ours else "–" for name in CONDITIONS]
    rows += [("macro-F1 of the six joint heads", *anchors.PUBLISHED_MACRO_F1), ("macro-F1 of this model", *f1)]
    notes = "".join(f"<p>{html.escape(text)}</p>" for text in anchors.FURTHER)
    return table(("accuracy, %", *CONDITIONS), rows) + notes


def views(report):
    names = report["view"]["classes"]
    rows = [(name, *row) for name, row in zip(names, report["view"]["table"])]
    return table(("truth down, said across", *names), rows)


def examples(pictures):
    """[(data address, truth, said, name)]"""
    if not pictures:
        return "<p>No wrong grade.</p>"
    return (
        "<section>"
        + "".join(
            f'<figure><img src="{address}" alt=""><figcaption>truth {truth}, said {said}: '
            f"{html.escape(name)}</figcaption></figure>"
            for address, truth, said, name in pictures
        )
        + "</section>"
    )


def condition(name, numbers, pictures):
    curve = numbers["risk_coverage"]
    kept = 1 - numbers["withheld"]
    nearest = min(range(len(curve["coverage"])), key=lambda at: abs(curve["coverage"][at] - kept))
    chosen = (curve["coverage"][nearest], curve["risk"][nearest])
    return (
        f"<h2>{name}</h2><section><figure>{drawing.confusion(numbers['confusion'])}<figcaption>truth down, model "
        f"across</figcaption>"
        f"</figure><figure>{drawing.risk_coverage(curve['coverage'], curve['risk'], chosen)}<figcaption>wrong "
        f"among the kept, over how "
        "many are kept; the dot is the abstention threshold</figcaption></figure></section>"
        f"<h3>Largest errors (right: the condition's map)</h3>{examples(pictures)}"
    )


def page(report, pictures):
    """`report` as `figures.of` gives it, with `model`, `data`, `split`, `training_data`; `pictures` per condition."""
    ours = report["conditions"]
    rows = [(name, *(number(entry[key]) for key, _ in COLUMNS)) for name, entry in ours.items()]
    mean = ("mean", *(number(report.get(f"mean_{key}")) for key, _ in COLUMNS))
    parts = [
        f"<h1>Evaluation of {html.escape(report['model'])}</h1>",
        f"<p class=note>{report['photos']} photos of the {report['split']} split. Trained on: "
        f"{html.escape(report['training_data'])}</p>",
        table(("condition", *(label for _, label in COLUMNS)), [*rows, mean]),
        "<h2>QWK per condition</h2><p>The mark is 0, which is chance.</p>",
        drawing.bars([(name, entry["qwk"], 0.0) for name, entry in ours.items()]),
        "<h2>Accuracy against the majority floor</h2>",
        drawing.bars([(name, entry["accuracy"], entry["majority"]) for name, entry in ours.items()]),
        "<h2>Beside what others published</h2>",
        comparison(report),
        "<h2>View</h2><p>Only close-ups are real photos; the others are generated, of families never trained on.</p>",
        views(report),
        *(condition(name, entry, pictures.get(name, [])) for name, entry in ours.items()),
    ]
    title = f"Evaluation of {html.escape(report['model'])}"
    head = f"<meta charset=utf-8><title>{title}</title><style>{STYLE}</style>"
    return f"<!doctype html><html lang=en>{head}{''.join(parts)}</html>\n"
