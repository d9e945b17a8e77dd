"""numba keeps compiled code per file; what a kept search was compiled from must still be there."""

from __future__ import annotations

import inspect
from hashlib import blake2b

from twin.roads import compiled, kernels, tables


def test_the_stamp_of_the_compiled_searches_names_the_sources_they_were_compiled_from():
    sources = "".join(inspect.getsource(module) for module in (kernels, tables))
    stamp = blake2b(sources.encode(), digest_size=8).hexdigest()
    assert stamp == compiled.STAMP, (
        f"kernels or tables have changed: write STAMP = {stamp!r} into twin/roads/compiled.py"
    )
