"""HTTP: what the outside may ask, and who may ask it.

A new resource is a module with a ``blueprint``, added to the list in :mod:`backend.app`. See
:mod:`.routing` for how a route is written, :mod:`.policy` for who may call it.
"""
