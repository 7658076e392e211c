//! Endpoints of webhooks: where organisations are told of changes. Telling them is `crate::webhooks`.

mod create;
mod replay;
mod secret;
mod state;
mod update;

use std::collections::BTreeSet;

use domain::webhook::event_types;
use entity::webhook_endpoint;

use super::refusal::UserError;
use super::registry::Registered;
use crate::store::table::recorded_types;

/// The commands of this folder.
pub(super) const COMMANDS: &[Registered] = &[
    Registered::of::<create::WebhookEndpointCreate>(),
    Registered::of::<update::WebhookEndpointUpdate>(),
    Registered::of::<state::WebhookEndpointEnable>(),
    Registered::of::<state::WebhookEndpointDisable>(),
    Registered::of::<state::WebhookEndpointRemove>(),
    Registered::of::<secret::WebhookSecretRotate>(),
    Registered::of::<replay::WebhookEndpointPing>(),
    Registered::of::<replay::WebhookDeliveryReplay>(),
    Registered::of::<replay::WebhookDeliveriesReplay>(),
];

/// What the payload shows.
const ENDPOINT: &str = "webhookEndpoint";
/// Where the secret stands in it.
const SECRET: &str = "secret";
/// At most so many endpoints has an organisation in a programme.
const MOST_ENDPOINTS: usize = 10;
/// At most so many characters has a description.
const LONGEST_DESCRIPTION: usize = 500;
/// At most so many types are chosen.
const MOST_TYPES: usize = 100;

/// What an endpoint may be and ask for, as the operator and the schema have it.
pub trait EndpointRules: Send + Sync {
    /// The host that an address names.
    ///
    /// # Errors
    /// It is none to send to: what would be right.
    fn address(&self, text: &str) -> Result<String, String>;

    /// Whether a query can be stored, to be answered for each thing.
    ///
    /// # Errors
    /// It cannot: what is wrong with it.
    fn query(&self, text: &str) -> Result<(), String>;
}

/// Checks what somebody gave of an endpoint, and sets its host. Everything that is wrong at once.
fn check(rules: &dyn EndpointRules, endpoint: &mut webhook_endpoint::Model) -> Vec<UserError> {
    let mut errors = Vec::new();
    match rules.address(&endpoint.url) {
        Ok(host) => endpoint.host = host,
        Err(why) => errors.push(UserError::invalid("url", why)),
    }
    if endpoint.description.as_ref().is_some_and(|text| text.chars().count() > LONGEST_DESCRIPTION) {
        let message = format!("A description has {LONGEST_DESCRIPTION} characters at most.");
        errors.push(UserError::invalid("description", message));
    }
    if let Some(query) = &endpoint.query {
        errors.extend(rules.query(query).err().map(|why| UserError::invalid("query", why)));
    }
    errors
}

/// The types that were chosen, as they are stored: each once, in order.
fn chosen_types(types: &[String]) -> Result<String, Vec<UserError>> {
    if types.len() > MOST_TYPES {
        let message = format!("Choose {MOST_TYPES} types at most, or none for all.");
        return Err(vec![UserError::invalid("eventTypes", message)]);
    }
    let known = event_types(recorded_types().map(|(ty, _)| ty));
    let unknown = types.iter().enumerate().filter(|(_, of)| !known.contains(of));
    let errors: Vec<UserError> = unknown
        .map(|(place, _)| {
            let message = "There is no event of this type: docs/guide/webhooks.md lists them.";
            UserError::invalid(&format!("eventTypes.{place}"), message)
        })
        .collect();
    if !errors.is_empty() {
        return Err(errors);
    }
    let once: BTreeSet<&str> = types.iter().map(String::as_str).collect();
    Ok(once.into_iter().collect::<Vec<_>>().join(" "))
}
