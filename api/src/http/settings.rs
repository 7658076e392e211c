//! What whoever runs the service decides about its HTTP interface.

/// The settings of the HTTP interface. The default is what `serve` does unless told otherwise.
#[derive(Clone, Debug, Default)]
pub struct Settings {}
