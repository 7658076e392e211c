//! The GraphQL engine: plan, fetch, write.
