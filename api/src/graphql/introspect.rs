//! What the library says about the schema, put into its places in an answer.

use apollo_compiler::executable::Operation;
use apollo_compiler::introspection;
use apollo_compiler::response::JsonMap;
use apollo_compiler::validation::Valid;

use super::document::{Document, from_library};
use super::error::{Code, Error};
use super::output::Writer;
use super::schema;

/// Puts what the library says about the schema into its places.
pub(super) fn fill(
    writer: &mut Writer,
    document: &Document,
    operation: &Operation,
    variables: &Valid<JsonMap>,
) -> Result<(), Error> {
    let refuse = |fault: apollo_compiler::request::RequestError| {
        from_library(Code::QueryTooComplex, &fault.to_graphql_error(&document.sources))
    };
    introspection::check_max_depth(document, operation).map_err(refuse)?;
    let loaded = schema::loaded();
    let response =
        introspection::partial_execute(&loaded.schema, &loaded.implementers, document, operation, variables)
            .map_err(refuse)?;
    let data = response.data.unwrap_or_default();
    // From the back, so that the places before stay where they are.
    for (key, place) in std::mem::take(&mut writer.introspection).iter().rev() {
        if let Some(value) = data.get(key.as_str()) {
            writer.json.replace_range(*place..place + "null".len(), &value.to_string());
        }
    }
    Ok(())
}
