"""`make calibration`: fits the weights of confidences on specimens, measures them on other papers, and draws the curve.

The other papers are those of `HOSO_CORPUS`, else specimens of another seed. What was read lies under
`.hoso/calibration`; remove that to read everything anew.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib import pyplot
from matplotlib.axes import Axes
from rich.console import Console
from rich.table import Table

from pipeline.catalogue import load_catalogue
from pipeline.stages import confidence, evidence
from pipeline.stages.classify import OTHER
from pipeline.stages.confidence import WORD_FEATURES, Features, weigh, word_features, word_weights
from pipeline.stages.evidence import FIELD_FEATURES, Draft, field_features, to_field
from pipeline.stages.extract import look_at_doubted, read_drafts, take_looks
from pipeline.stages.person_names import likelihood
from schemas.catalog import FieldRule
from schemas.text import PageText
from tests.calibration.papers import WEARS, ReadPaper, looks_at, read_papers, read_retyped
from tests.calibration.regression import Outcomes, calibration_error, fit, most_wrong, reliability
from tests.calibration.truth import right_words
from tests.scoring import same_value
from tests.specimens import TYPES, make_specimens

WEIGHTS = Path(confidence.__file__).parents[2] / "schemas" / "language" / "confidence.toml"
CURVE = Path("docs") / "confidence.svg"
_HOME = Path(".hoso") / "calibration"
_SEEDS, _PAPERS = (21, 22, 23), 36
_PLAIN_SEEDS, _PLAIN_PAPERS = (501, 502), 108
"""Scanned as at a counter and not worn besides: there hardly a word is wrong, but values are doubted all the same."""
_HAND_SEED, _HAND_PAPERS = 31, 24
_OTHER_SEED = 91
_FEWEST = 8
"""Bins of fewer tell nothing and are not drawn."""
_ENGINE = WORD_FEATURES.index("engine")
_KINDS = load_catalogue().types


@dataclass(frozen=True)
class Said:
    """What was said of n words or values, 0..1, by the engine and by us, and whether they were right."""

    engine: Features
    ours: Features
    right: Outcomes


def main() -> None:
    """Fit, measure, draw."""
    learnt = list(_papers_to_learn_from())
    words = _words(learnt)
    weights = {"words": dict(zip(WORD_FEATURES, fit(words[0], words[1], 1.0), strict=True))}
    _write(weights | {"fields": dict.fromkeys(FIELD_FEATURES, 0.0)})
    learnt += _plain_papers()
    values = _values(learnt)
    weights["fields"] = dict(zip(FIELD_FEATURES, fit(values[0], values[1], 1.0), strict=True))
    _write(weights)
    measured = {
        name: (_said_of_words(papers), _said_of_values(papers)) for name, papers in _papers_to_measure_on().items()
    }
    _print(measured)
    _print_looks(learnt)
    _draw(measured)


def _papers_to_learn_from() -> Iterator[ReadPaper]:
    for seed in _SEEDS:
        yield from read_papers(_specimens(seed, _PAPERS), WEARS, _HOME / "read")
    forms = _specimens(_HAND_SEED, _HAND_PAPERS, ("birth_registration_form",))
    yield from read_papers(forms, ("none",), _HOME / "read")


def _plain_papers() -> Iterator[ReadPaper]:
    for seed in _PLAIN_SEEDS:
        yield from read_papers(_specimens(seed, _PLAIN_PAPERS), ("none",), _HOME / "read")


def _papers_to_measure_on() -> dict[str, list[ReadPaper]]:
    corpus = os.environ.get("HOSO_CORPUS")
    if corpus is None:
        return {"other specimens": list(read_papers(_specimens(_OTHER_SEED, _PAPERS), ("none",), _HOME / "read"))}
    made = list(read_papers(Path(corpus) / "dossiers", ("none",), _HOME / "read"))
    by_level = {level: [p for p in made if p.paper and p.paper.level == level] for level in ("clean", "office", "worn")}
    return {
        "made papers": made,
        **by_level,
        "phone": [p for p in made if p.paper and p.paper.level == "phone"],
        "printed": [p for p in made if p.paper and p.paper.printed],
        "by hand": [p for p in made if p.paper and not p.paper.printed],
        "real scans": list(read_retyped(Path(corpus) / "real" / "vi_scan_gt", _HOME / "read")),
    }


def _specimens(seed: int, count: int, types: Sequence[str] = TYPES) -> Path:
    folder = _HOME / f"specimens-{seed}"
    if not folder.is_dir():
        make_specimens(folder, seed, count, types)
    return folder


def _words(papers: Iterable[ReadPaper]) -> tuple[Features, Outcomes]:
    """Features and outcome of every word that says something."""
    features, right = [], []
    for paper in papers:
        for page in paper.pages:
            if page.words:
                told = right_words(page, paper.text)
                features.append(word_features(page)[[one is not None for one in told]])
                right += [one for one in told if one is not None]
    return np.vstack(features), np.array(right)


def _values(papers: Iterable[ReadPaper]) -> tuple[Features, Outcomes]:
    """Features and outcome of every value that was read from print or writing and is known: read once, and again."""
    features, right = [], []
    for paper in papers:
        for rule, draft, outcome in _known(paper, read_drafts(_weighed(paper), _KINDS[_type(paper)])):
            if draft.evidence not in ("qr", "mrz") and draft.page is not None and draft.box is not None:
                features.append(field_features(rule, draft))
                (texts,) = looks_at(paper)(draft.page, [draft.box])
                take_looks(rule, draft, texts)
                features.append(field_features(rule, draft))
                right += [outcome, outcome]
    return np.array(features), np.array(right)


def _known(paper: ReadPaper, drafts: Mapping[str, Draft]) -> Iterator[tuple[FieldRule, Draft, bool]]:
    """The values whose truth is known, and whether they are right; none of a retyped page."""
    if paper.paper is not None:
        for rule in _KINDS[paper.paper.type].fields:
            draft, wanted = drafts.get(rule.name), paper.paper.fields.get(rule.name)
            if draft is not None and wanted is not None:
                yield rule, draft, same_value(rule.name, wanted, draft.value)


def _type(paper: ReadPaper) -> str:
    return paper.paper.type if paper.paper is not None else OTHER


def _weighed(paper: ReadPaper) -> list[PageText]:
    return [weigh(page) for page in paper.pages]


def _read_and_looked_at(paper: ReadPaper) -> dict[str, Draft]:
    """The values as a paper at the counter has them: those that were doubted were read again."""
    kind = _KINDS[_type(paper)]
    drafts = read_drafts(_weighed(paper), kind)
    look_at_doubted(kind, drafts, looks_at(paper))
    return drafts


def _said_of_words(papers: Sequence[ReadPaper]) -> Said:
    features, right = _words(papers)
    return Said(features[:, _ENGINE], confidence.probability(features, word_weights()), right)


def _said_of_values(papers: Sequence[ReadPaper]) -> Said | None:
    """All values, those of codes too."""
    said: list[tuple[float, float, bool]] = []
    for paper in papers:
        before = read_drafts(paper.pages, _KINDS[_type(paper)])
        for rule, draft, right in _known(paper, _read_and_looked_at(paper)):
            said.append((before[rule.name].confidence, to_field(rule, draft).confidence, right))
    if not said:
        return None
    engine, ours, right_ = (np.array(column) for column in zip(*said, strict=True))
    return Said(engine, ours, right_)


def _looks(papers: Iterable[ReadPaper]) -> Iterator[tuple[str, float, bool]]:
    """Of each value that was doubted and looked at again, and nothing else speaks against: kind, probability, right."""
    for paper in papers:
        for rule, draft, right in _known(paper, _read_and_looked_at(paper)):
            unlikely = rule.kind == "name" and likelihood(draft.value) == "unlikely"
            if draft.again and not draft.conflict and not unlikely:
                kind = "names" if rule.kind == "name" else "others"
                yield kind, to_field(rule, draft).confidence, right


def _print_looks(papers: Sequence[ReadPaper]) -> None:
    """How often doubted values that were read again are wrong, above each threshold that could settle them."""
    table = Table("doubted", "from", "count", "wrong", "at most (95 %)", title="read again")
    looks = list(_looks(papers))
    for kind in ("names", "others"):
        for least in (0.98, 0.97, 0.96, 0.95, 0.94, 0.93, 0.92, 0.9, 0.85, 0.8, 0.0):
            right = [outcome for name, sure, outcome in looks if name == kind and sure >= least]
            wrong = len(right) - sum(right)
            table.add_row(kind, f"{least:.2f}", f"{len(right)}", f"{wrong}", f"{most_wrong(wrong, len(right)):.3f}")
    Console(width=120, highlight=False).print(table)


def _write(weights: dict[str, dict[str, float]]) -> None:
    """Write the project's file and let this process use it."""
    lines = ["# Weights of pipeline/stages/confidence.py and evidence.py; `make calibration` fits them on specimens."]
    for model, values in weights.items():
        lines += ["", f"[{model}]", *(f"{name} = {value:.3f}" for name, value in values.items())]
    WEIGHTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    word_weights.cache_clear()
    evidence.field_weights.cache_clear()


def _print(measured: dict[str, tuple[Said, Said | None]]) -> None:
    console = Console(width=120, highlight=False)
    for title, place in (("words", 0), ("fields", 1)):
        table = Table(title, "count", "right", "calibration error before", "after", title="expected calibration error")
        for name, pair in measured.items():
            said = pair[place]
            if said is not None:
                before, after = (calibration_error(p, said.right) for p in (said.engine, said.ours))
                table.add_row(name, f"{len(said.right)}", f"{said.right.mean():.4f}", f"{before:.4f}", f"{after:.4f}")
        console.print(table)
    for name, (said, _) in measured.items():
        table = Table("said", "count", "said on average", "right", title=f"words, {name}")
        for one in reliability(said.ours, said.right):
            table.add_row(f"{one.start:.1f}-", f"{one.count}", f"{one.said:.3f}", f"{one.true:.3f}")
        console.print(table)


def _draw(measured: dict[str, tuple[Said, Said | None]]) -> None:
    """Draw what was said against what came true, for words and for fields, where enough was said."""
    pyplot.rcParams["svg.hashsalt"] = "hoso"
    figure, axes = pyplot.subplots(1, 2, figsize=(9, 4.5), sharey=True)
    names = [name for name in ("other specimens", "made papers", "real scans") if name in measured]
    for axis, place, title in ((axes[0], 0, "words"), (axes[1], 1, "fields")):
        axis.plot([0, 1], [0, 1], color="0.7", linewidth=1)
        for name in names:
            said = measured[name][place]
            if said is not None:
                _curve(axis, said.engine, said.right, f"{name}, engine", "--")
                _curve(axis, said.ours, said.right, name, "-")
        axis.set(title=title, xlabel="confidence", ylabel="share that was right", xlim=(0, 1), ylim=(0, 1.02))
        axis.legend(fontsize=8)
    CURVE.parent.mkdir(exist_ok=True)
    figure.tight_layout()
    figure.savefig(CURVE, metadata={"Date": None})


def _curve(axis: Axes, said: Features, right: Outcomes, label: str, line: str) -> None:
    bins = [one for one in reliability(said, right) if one.count >= _FEWEST]
    axis.plot([one.said for one in bins], [one.true for one in bins], line, marker=".", label=label)


if __name__ == "__main__":
    main()
