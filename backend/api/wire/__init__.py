"""Shapes of messages: the server's twin of ``pwa/src/api/wire.ts``."""
