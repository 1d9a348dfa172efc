"""What the law asks about keeping a paper: for how long, from when, and what stands against letting it go."""

from collections.abc import Mapping, Sequence
from datetime import date

from pipeline.errors import Misconfigured
from pipeline.holds import Holds, dossiers_of
from pipeline.local_time import local_day
from pipeline.stages.certain import is_certain
from pipeline.table_ports import Tables
from schemas.catalog import DocumentType
from schemas.destruction import KeepingRule, Obligation
from schemas.dossier import OFF_FILE, Paper

_YEAR_DAYS = 365


class Obligations:
    """Obligations as of a day."""

    def __init__(self, tables: Tables, types: Mapping[str, DocumentType], today: date) -> None:
        """Args: types: the catalogue's, whose `retention` tells the terms."""
        self._tables, self._types, self._today = tables, types, today
        self._holds = Holds(tables)

    def of(self, paper: Paper) -> Obligation:
        """What is to be observed with one paper.

        A dossier takes the longest term of what is in it (Luật Lưu trữ 33/2024/QH15, Điều 15). While it has no result
        its matter has not ended. A paper that was used again is kept as long as each dossier that it serves.
        """
        rule, until = self._rule(paper)
        kind = self._types.get(paper.type)
        source = kind.retention.source if kind is not None and kind.retention is not None else ""
        return Obligation(document_id=paper.document_id, type=paper.type, rule=rule, until=until, source=source)

    def _rule(self, paper: Paper) -> tuple[KeepingRule, date | None]:
        if paper.state in OFF_FILE:
            return "gone", None
        if not is_certain(paper):  # another type may have a longer term
            return "unsettled", None
        rule, until = self._kept_until([paper])
        if rule == "term":  # the others of its dossiers can only make it later
            return rule, until
        for code in dossiers_of(self._tables, paper):
            rule, until = self._of_dossier(paper, code)
            if rule != "over":
                return rule, until
        if rule in ("over", "nothing") and self._holds.is_held(paper):
            return "held", None
        return rule, until

    def _of_dossier(self, paper: Paper, code: str) -> tuple[KeepingRule, date | None]:
        office_id = paper.actor.office_id
        if not any(one.result_code for one in self._tables.dossiers.components(office_id, code)):
            return "open_dossier", None
        rule, until = self._kept_until([paper, *self._tables.papers.of_dossier(office_id, code)])
        return ("no_term" if rule == "nothing" else rule), until

    def _kept_until(self, papers: Sequence[Paper]) -> tuple[KeepingRule, date | None]:
        """The first day after the longest term of these papers, counted from the end of the year the last was filed in.

        None: one is kept permanently, or no source tells its term.
        """
        known = [self._types.get(paper.type) if is_certain(paper) else None for paper in papers]
        terms = [kind.retention if kind is not None else None for kind in known]
        years = [term.years for term in terms if term is not None]
        if None in years:
            return "permanent", None
        if None in terms:
            return "nothing", None
        last = max(local_day(paper.filed_at) for paper in papers)
        until = date(last.year + max(one for one in years if one is not None) + 1, 1, 1)
        return ("over" if until <= self._today else "term"), until


def check_lock(types: Mapping[str, DocumentType], lock_days: int) -> None:
    """Refuse a lock that could outlast what the law lets us keep: terms are counted in full years from the year's end.

    Args:
        types: the catalogue's.
        lock_days: for how long the store locks what is archived; 0: not at all.

    Raises:
        Misconfigured: lock_outlasts_keeping.
    """
    terms = [one.retention.years for one in types.values() if one.retention is not None and one.retention.years]
    shortest_days = min(terms, default=None)
    if shortest_days is not None and lock_days > shortest_days * _YEAR_DAYS:
        raise Misconfigured("lock_outlasts_keeping", f"{lock_days} > {shortest_days * _YEAR_DAYS}")
