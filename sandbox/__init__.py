"""Local stand-ins of the vendors' HTTP APIs: a module without underscore is one vendor system."""
