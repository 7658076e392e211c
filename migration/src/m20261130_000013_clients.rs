//! Machine clients: who they are, their secrets, when they were last used; what their issuer signs with, and which assertions it
//! has taken.

use sea_orm_migration::prelude::*;

use crate::table::{Table, drop_tables};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [client(), secret(), used(), assertion(), key()] {
            table.create(manager).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            "machine_issuer_key",
            "client_assertion",
            "machine_client_use",
            "machine_client_secret",
            "machine_client",
        ];
        drop_tables(manager, &tables).await
    }
}

/// A client. Memberships name it by its subject.
fn client() -> Table {
    Table::new("machine_client")
        .id()
        .programme()
        .refers("organisation_id", "party")
        .text("subject")
        .text("name")
        .text("scopes")
        .one_of("status", &["LIVE", "REVOKED"])
        .maybe_text("jwks")
        .text_even_empty("key_ids")
        .maybe_timestamp("revoked_at")
        .versioned()
        .unique("subject")
        .index("programme_id, name, id")
}

/// A secret of a client, as its hash.
fn secret() -> Table {
    Table::new("machine_client_secret")
        .id()
        .programme()
        .refers("client_id", "machine_client")
        .text("hint")
        .text("hash")
        .maybe_timestamp("expires_at")
        .versioned()
        .index("client_id, created_at, id")
}

/// On which day a client or a secret was last used. No part of the record: nothing is changed by it.
fn used() -> Table {
    Table::new("machine_client_use").id().date("used_on")
}

/// An assertion that a client has proved itself with, until it is too old to be taken again.
fn assertion() -> Table {
    Table::new("client_assertion")
        .text("subject")
        .text("jti")
        .timestamp("expires_at")
        .key("subject, jti")
        .index("expires_at")
}

/// A key that the issuer signs with from a moment on, until the next one does. Its number decides between two processes that make
/// one at the same time.
fn key() -> Table {
    Table::new("machine_issuer_key")
        .whole("number")
        .text("kid")
        .text("private_pem")
        .timestamp("signs_from")
        .timestamp("created_at")
        .key("number")
        .unique("kid")
}
