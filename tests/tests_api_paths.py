"""Which paths the API has, without starting one."""

from __future__ import annotations


def api_paths() -> list[str]:
    """List the paths of the OpenAPI document."""
    from vado.api.main import openapi_paths

    return openapi_paths()
