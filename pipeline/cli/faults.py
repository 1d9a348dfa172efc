"""Our own faults, told without what they might quote: an exception's text can hold names, its place cannot."""


def describe(error: BaseException) -> str:
    """Kind and place of a fault, such as `KeyError in pipeline.stages.extract:88`."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    place = "?" if at is None else f"{at.tb_frame.f_globals.get('__name__', '?')}:{at.tb_lineno}"
    return f"{type(error).__name__} in {place}"
