//! What nobody attached goes away with its bytes, and nothing else does.

use serde_json::json;

use super::*;
use crate::support::db::behind_its_back;
use crate::support::files::upload;
use crate::support::on_both;

/// A day and more passes for what is on its way.
async fn days_later(app: &TestApp) {
    let later = "UPDATE upload SET prepared_at = '2020-01-01T00:00:00+00:00', expires_at = '2020-01-02T00:00:00+00:00'";
    behind_its_back(app.db(), later, later).await;
}

#[tokio::test]
async fn what_was_abandoned_goes_and_what_was_attached_stays() {
    on_both(async |app| {
        let app = &keeping(app).await;
        let file = attached(app, ("findings.pdf", "application/pdf"), PDF).await;
        let (abandoned, url) = announced(app).await;
        assert_eq!(put(app, &url, PDF).await.status, 204);
        let (never_sent, _) = announced(app).await;
        assert_eq!(app.files.sweep().await, 0, "nothing is old yet");
        assert!(is_kept(app, &abandoned).await);

        days_later(app).await;
        let (one, two) = tokio::join!(app.files.sweep(), app.files.sweep());
        assert!(one.max(two) >= 2, "{one} {two}");
        for gone in [&abandoned, &never_sent] {
            assert!(upload(app, gone).await.is_none() && !is_kept(app, gone).await);
        }
        assert!(is_kept(app, &file).await);
        let url = address(app, OFFICE, &file).await.unwrap();
        assert_eq!(get(app, &url).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn what_was_taken_off_goes_and_a_crash_in_between_is_made_good() {
    on_both(async |app| {
        let app = &keeping(app).await;
        let file = attached(app, ("findings.pdf", "application/pdf"), PDF).await;
        let url = address(app, OFFICE, &file).await.unwrap();
        let document = "query($id: ID!) { node(id: $id) { ...on EvidenceFile { version } } }";
        let of = app.data(OFFICE, document, json!({ "id": file })).await["node"]["version"].clone();
        let input = json!({ "id": file, "expectedVersion": of, "reason": "It belongs elsewhere" });
        let removed = app.mutate(OFFICE, "evidenceFileRemove", input, "").await;
        assert_eq!(removed["userErrors"], json!([]), "{removed}");
        assert_eq!(get(app, &url).await.status, 404);
        // Killed after it was given up, and after its bytes were deleted: the row is still there, and leads on.
        api::store::uploads::give_up(app.db(), uuid(&file)).await.unwrap();
        app.files.sweep().await;
        assert!(!is_kept(app, &file).await);
        assert!(upload(app, &file).await.is_none());
    })
    .await;
}

#[tokio::test]
async fn what_was_given_up_cannot_be_attached() {
    on_both(async |app| {
        let app = &keeping(app).await;
        let (id, url) = announced(app).await;
        assert_eq!(put(app, &url, PDF).await.status, 204);
        assert!(api::store::uploads::give_up(app.db(), uuid(&id)).await.unwrap());
        let evidence = piece(app, EVIDENCE);
        let input = json!({ "evidenceId": evidence, "expectedVersion": version(app, &evidence).await, "uploadId": id });
        assert_eq!(app.refused(OFFICE, "evidenceFileAttach", input).await.1, "uploadId");
        // Sent again, it can.
        assert_eq!(put(app, &url, PDF).await.status, 204);
        attach(app, OFFICE, (&evidence, version(app, &evidence).await), &id, None).await;
        assert!(!api::store::uploads::give_up(app.db(), uuid(&id)).await.unwrap());
    })
    .await;
}
