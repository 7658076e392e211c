//! Changes through the API, in few words.

use serde_json::{Value, json};

use super::{Persona, Response, TestApp};

impl TestApp {
    /// Sends one mutation and gives its payload: the fields asked for, and all of `userErrors`.
    pub async fn mutate(&self, as_whom: Persona, mutation: &str, input: Value, shows: &str) -> Value {
        let response = self.send_mutation(as_whom, mutation, input, shows).await;
        assert_eq!(response.status, 200, "{}", response.text);
        assert_eq!(response.body.get("errors"), None, "{mutation}");
        response.data()["payload"].clone()
    }

    /// As [`TestApp::mutate`], with the answer as it came.
    pub async fn send_mutation(
        &self,
        as_whom: Persona,
        mutation: &str,
        input: Value,
        shows: &str,
    ) -> Response {
        let ty = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let document = format!(
            "mutation($input: {ty}!) {{ payload: {mutation}(input: $input) {{ {shows} userErrors {{ code field message currentVersion }} }} }}"
        );
        self.query(as_whom, &document, json!({ "input": input })).await
    }

    /// Sends one mutation, expects that it is done, and gives its payload.
    pub async fn done(&self, as_whom: Persona, mutation: &str, input: Value, shows: &str) -> Value {
        let payload = self.mutate(as_whom, mutation, input, shows).await;
        assert_eq!(payload["userErrors"], json!([]), "{mutation}");
        payload
    }

    /// Sends one mutation, expects that it is refused with one error, and gives its code and field.
    pub async fn refused(&self, as_whom: Persona, mutation: &str, input: Value) -> (String, String) {
        let payload = self.mutate(as_whom, mutation, input, "").await;
        let errors = payload["userErrors"].as_array().unwrap();
        assert_eq!(errors.len(), 1, "{mutation}: {payload}");
        let field = errors[0]["field"].as_array().cloned().unwrap_or_default();
        let field: Vec<_> = field.iter().filter_map(Value::as_str).collect();
        (errors[0]["code"].as_str().unwrap().to_owned(), field.join("."))
    }
}
