"""Making the database anew empties its tables in an order that their references allow."""

from pipeline.adapters.database import engine, restoring
from pipeline.adapters.database.tables import metadata


def test_whatever_refers_to_a_row_is_emptied_before_it() -> None:
    assert engine  # gathers every table there is
    emptied = [*restoring._ABOUT_THEM, *restoring._MADE_OF_RECORDS]
    for table in metadata.tables.values():
        for referred in {key.column.table for key in table.foreign_keys} & set(emptied) - {table}:
            assert table in emptied, f"{table.name} refers to {referred.name} and is not emptied"
            assert emptied.index(table) < emptied.index(referred), f"{table.name} is emptied after {referred.name}"
