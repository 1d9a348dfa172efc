"""One file a step, a plain function each: `verb(value, settings) -> new value`."""
