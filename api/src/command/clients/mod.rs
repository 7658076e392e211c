//! Machine clients: registered, changed, given secrets and keys, shut out.

mod change;
mod register;
mod secret;

use serde::Deserialize;

use super::registry::Registered;

pub(super) use self::register::live_client;

/// The commands of this folder.
pub(super) const COMMANDS: &[Registered] = &[
    Registered::of::<register::MachineClientRegister>(),
    Registered::of::<change::MachineClientUpdate>(),
    Registered::of::<secret::MachineClientSecretAdd>(),
    Registered::of::<secret::MachineClientSecretRetire>(),
    Registered::of::<change::MachineClientKeysSet>(),
    Registered::of::<change::MachineClientRevoke>(),
];

/// What the payloads show.
const CLIENT: (&str, &str) = ("machineClient", "MachineClient");
/// The field of a payload in which a secret is told.
const SECRET: &str = "secret";

/// What a client is called.
#[derive(Deserialize)]
#[serde(transparent)]
struct Name(String);
