"""The pages, one module per area; each module's `blueprint` is listed in web/__init__.py."""
