"""The manifest by which a telephone installs the plant as an app: W3C, "Web Application Manifest"."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from offkey.web.rendering import Renderer, static_version
from offkey.web.watch.plant import Plant

__all__ = ["router"]

_COLOUR = "#0e6b66"
_SIZES = (192, 512)


def router(plant: Plant, _render: Renderer) -> APIRouter:
    """Return the route of the manifest."""
    routes = APIRouter()

    @routes.get("/manifest.webmanifest")
    def manifest(request: Request) -> Response:
        root = request.scope.get("root_path", "")
        icons = [
            {
                "src": f"{root}/static/{static_version()}/icon-{size}.png",
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": "any maskable",
            }
            for size in _SIZES
        ]
        content = {
            "name": f"{plant.settings.plant.name}: offkey",
            "short_name": plant.settings.plant.name[:12],
            "id": f"{root}/",
            "start_url": f"{root}/",
            "scope": f"{root}/",
            "display": "standalone",
            "theme_color": _COLOUR,
            "background_color": "#f6f6f3",
            "icons": icons,
        }
        return JSONResponse(content, media_type="application/manifest+json")

    return routes
