//! HTTP: routes, limits, request ids. Knows no domain word.
